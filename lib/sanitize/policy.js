'use strict';

const { HauberkError, fromNative, show } = require('../internal/fault');
const native = require('../internal/native').sanitize;
const { rewriteLinks } = require('./links');
const { parsePolicy } = require('./options');

const { clean } = native.functions();

/**
 * A compiled policy. Made by `sanitize.policy(options)`; it holds nothing of the texts it cleans and can
 * be used for ever and from everywhere.
 */
class Policy {
  #handle;
  #maxLength;
  /** @type {import('./index').LinkRewriter | undefined} */
  #rewriteLink;

  /** @param {unknown} options */
  constructor(options) {
    const { maxLength, rewriteLink, allowedStyles, allowProtocolRelative, ...plan } = parsePolicy(options);
    this.#maxLength = maxLength;
    this.#rewriteLink = rewriteLink;
    try {
      this.#handle = native.compile({
        ...plan,
        styles: allowedStyles,
        protocolRelative: allowProtocolRelative,
      });
    } catch (error) {
      throw fromNative(error);
    }
    Object.freeze(this);
  }

  /**
   * @param {string} dirty
   * @returns {string} safe HTML; the very same string where nothing had to be changed
   * @throws ERR_HAUBERK_SANITIZE_INPUT where `dirty` is no string, or longer than `maxLength`
   */
  html(dirty) {
    const wrong = this.refuses(dirty);
    if (wrong !== undefined) throw new HauberkError('ERR_HAUBERK_SANITIZE_INPUT', wrong);
    if (isPlainText(dirty)) return dirty;
    const html = this.#clean(dirty);
    if (this.#rewriteLink === undefined) return html;
    // What the function gives is judged as any other URL.
    const rewritten = rewriteLinks(html, this.#rewriteLink);
    return rewritten === html ? html : this.#clean(rewritten);
  }

  /** @param {string} dirty */
  #clean(dirty) {
    try {
      return clean(this.#handle, dirty) ?? dirty;
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
