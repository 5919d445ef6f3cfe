'use strict';

/**
 * Why `init` does not go on: a message for a person, what to write by hand where that helps, and the exit code.
 */
class Refused extends Error {
  /**
   * @param {string} message one or more sentences
   * @param {{ byHand?: string, exitCode?: number }} [more]
   */
  constructor(message, { byHand, exitCode = 3 } = {}) {
    super(message);
    this.name = 'Refused';
    this.byHand = byHand;
    this.exitCode = exitCode;
  }
}

exports.Refused = Refused;
