'use strict';

const { publish, sayOnce } = require('../internal/events');
const { HauberkError } = require('../internal/fault');
const certificate = require('./certificate');

/**
 * A certificate that is read again when its files may have changed. What cannot be used changes nothing, and is told
 * once for each reason.
 */
class Kept {
  /**
   * @param {string} name what the messages put in front; empty where there is only one
   * @param {certificate.Sources} sources
   * @param {(pem: certificate.Certificate['pem']) => void} adopt puts it to use
   * @throws HauberkError `ERR_HAUBERK_HTTPS_CERTIFICATE` where there is none to start with
   */
  constructor(name, sources, adopt) {
    this.name = name;
    this.sources = sources;
    this.adopt = adopt;
    this.complaint = '';
    try {
      this.current = certificate.load(sources);
    } catch (error) {
      throw this.named(error);
    }
    this.leaf = certificate.leafOf(this.current.pem);
  }

  /** @param {any} error */
  named(error) {
    if (this.name === '') return error;
    return new HauberkError(error.code, `${this.name}: ${error.message}`, { cause: error });
  }

  /**
   * @param {import('node:events').EventEmitter} server hears of it
   * @returns {boolean} whether it was exchanged
   */
  reload(server) {
    try {
      const pem = certificate.readAll(this.sources);
      if (certificate.isSame(pem, this.current.pem)) {
        this.complaint = '';
        return false;
      }
      const next = { pem, info: certificate.check(pem) };
      this.adopt(pem);
      this.current = next;
      this.leaf = certificate.leafOf(pem);
      this.complaint = '';
    } catch (error) {
      this.complain(server, this.named(error));
      return false;
    }
    server.emit('certificate', this.current.info);
    return true;
  }

  /**
   * @param {import('node:events').EventEmitter} server
   * @param {Error} error looked at again and again; told once
   */
  complain(server, error) {
    if (error.message === this.complaint) return;
    this.complaint = error.message;
    const detail = `${error.message}; the certificate that is in use stays`;
    sayOnce('HAUBERK_HTTPS_CERTIFICATE', detail);
    publish({
      event: 'sys_crash',
      practice: 'https',
      code: 'ERR_HAUBERK_HTTPS_CERTIFICATE',
      blocked: false,
      detail,
      requestId: undefined,
      client: undefined,
      time: Date.now(),
    });
    server.emit('certificateError', error);
  }

  /**
   * Whether it is for a host, as a client would judge (RFC 9525).
   *
   * @param {string} host what a client sent
   */
  isFor(host) {
    try {
      return this.leaf.checkHost(host) !== undefined;
    } catch {
      return false;
    }
  }
}

exports.Kept = Kept;
