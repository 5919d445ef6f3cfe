'use strict';

const { HauberkError, fromNative, show } = require('../internal/fault');
const native = require('../internal/native').sanitize;
const { parsePolicy } = require('./options');

/**
 * A compiled policy. Made by `sanitize.policy(options)`; it holds nothing of the texts it cleans and can
 * be used for ever and from everywhere.
 */
class Policy {
  #handle;
  #maxLength;

  /** @param {unknown} options */
  constructor(options) {
    const { maxLength, ...plan } = parsePolicy(options);
    this.#maxLength = maxLength;
    try {
      this.#handle = native.compile(plan);
    } catch (error) {
      throw fromNative(error);
    }
    Object.freeze(this);
  }

  /**
   * @param {string} dirty
   * @returns {string} safe HTML
   * @throws ERR_HAUBERK_SANITIZE_INPUT where `dirty` is no string, or longer than `maxLength`
   */
  html(dirty) {
    const wrong = this.refuses(dirty);
    if (wrong !== undefined) throw new HauberkError('ERR_HAUBERK_SANITIZE_INPUT', wrong);
    if (isPlainText(dirty)) return dirty;
    try {
      return native.html(this.#handle, dirty);
    } catch (error) {
      throw fromNative(error);
    }
  }

  /**
   * @param {unknown} dirty
   * @returns {string | undefined} why it cannot be sanitized
   */
  refuses(dirty) {
    if (typeof dirty !== 'string') return `only a string can be sanitized; got ${show(dirty)}`;
    if (dirty.length <= this.#maxLength) return undefined;
    return `the text has ${dirty.length} characters, more than the ${this.#maxLength} allowed`;
  }
}

/**
 * Whether the text holds nothing that the parser or the serializer would change: no markup, no character
 * that is written as an entity, none that the parser drops or replaces. Such a text stays in JavaScript.
 *
 * @param {string} text
 */
function isPlainText(text) {
  return !(
    text.includes('<') ||
    text.includes('&') ||
    text.includes('>') ||
    text.includes('\r') ||
    text.includes('\0') ||
    text.includes('\u00a0') ||
    text.startsWith('\ufeff') ||
    !text.isWellFormed()
  );
}

exports.Policy = Policy;
exports.isPlainText = isPlainText;
