'use strict';

const native = require('../../internal/native').policy;
const { fromNative } = require('../../internal/fault');
const { build, open } = require('./filter');
const { breachCheck } = require('./breached');
const { isCommon } = require('./common');
const { contextShare, wordsOf } = require('./context');
const { parseOptions, parseCall } = require('./options');
const { reason } = require('./reasons');
const { lengthOf, textFault, missingClasses } = require('./rules');
const { learnWords } = require('./words');

/**
 * Is this a password to accept? The rules, by NIST SP 800-63B-4 (3.1.1.2) and OWASP ASVS 5 (6.2):
 *
 * 1. What cannot be a password (no text, ill-formed, too long) gets that reason alone.
 * 2. Long enough, in code points: 15, or 8 where a second factor is asked for as well.
 * 3. Not among the common passwords, not made of the user's name or the service's, not easily guessed.
 * 4. Not in a breach, where a list or a service is given. Nothing goes over the network unless asked for.
 *
 * All reasons are told at once, as codes and as text for the user.
 */

/**
 * A policy of your own.
 *
 * @param {unknown} [options]
 * @returns {import('./index').Policy}
 */
function policy(options) {
  const settings = parseOptions(options);
  const breached = breachCheck(settings);
  return {
    async check(password, about) {
      const call = parseCall(about);
      const fault = textFault(password, settings.maxLength);
      if (fault) return refused(fault);
      const verdict = judge(password, call, settings);
      const { count, found } = await breached(password);
      return {
        ...verdict,
        ok: verdict.ok && found.length === 0,
        breached: count,
        reasons: [...verdict.reasons, ...found],
      };
    },
  };
}

/**
 * Everything that needs neither file nor network.
 *
 * @param {string} password
 * @param {{ mfa: boolean, user: unknown, context: readonly string[] }} call
 * @param {any} settings
 */
function judge(password, call, settings) {
  const words = wordsOf(call.user, [...settings.context, ...call.context]);
  const length = lengthOf(password, settings.normalize);
  const strength = estimate(password, words.plain);
  const reasons = [];
  const min = call.mfa ? settings.minLengthWithMfa : settings.minLength;
  const minScore = call.mfa ? settings.minScoreWithMfa : settings.minScore;
  if (length < min) reasons.push(reason('too_short', { min, length }));
  const missing = missingClasses(password, settings.composition);
  if (missing.length > 0) reasons.push(reason('composition', { missing }));
  if (settings.common && isCommon(password)) reasons.push(reason('common', {}));
  const word = contextShare(password, words.folded, settings.contextRule);
  if (word !== undefined) reasons.push(reason('context', { word }));
  if (strength.score < minScore) {
    const { score, warning, suggestions } = strength;
    reasons.push(reason('weak', { score, minScore, warning, suggestions }));
  }
  return {
    ok: reasons.length === 0,
    reasons,
    score: strength.score,
    guessesLog10: strength.guessesLog10,
    length,
  };
}

/** @param {string} password @param {string[]} words */
function estimate(password, words) {
  try {
    learnWords();
    return native.strength(password, words);
  } catch (error) {
    throw fromNative(error);
  }
}

/** @param {any} why @returns {import('./index').Verdict} */
function refused(why) {
  return { ok: false, reasons: [why], score: 0, guessesLog10: 0, length: 0, breached: undefined };
}

/** @type {import('./index').Policy | undefined} */
let standard;

exports = module.exports = policy;
exports.check = /** @type {import('./index').Policy['check']} */ (
  (password, about) => (standard ??= policy()).check(password, about)
);
exports.filter = Object.freeze({ build, open });
