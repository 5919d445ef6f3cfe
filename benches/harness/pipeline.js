'use strict';

const http = require('node:http');
const { Duplex } = require('node:stream');

/**
 * A real `http` server fed through an in-process stream: the parser, the request and response objects
 * and the application are the real ones; only the kernel's sockets are left out, whose noise would hide
 * microseconds.
 */
class Pipeline {
  /** @param {import('node:http').RequestListener | import('node:http').Server} app */
  constructor(app) {
    const options = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };
    this.server = app instanceof http.Server ? Object.assign(app, options) : http.createServer(options, app);
    this.server.maxRequestsPerSocket = 0;
    this.received = /** @type {(bytes: Buffer) => void} */ (() => {});
    this.socket = this.#connect();
  }

  #connect() {
    const socket = new Duplex({
      read() {},
      // One response is one write: the head and a short body leave together.
      write: (chunk, _encoding, done) => {
        done();
        this.received(chunk);
      },
      writev: (chunks, done) => {
        done();
        this.received(Buffer.concat(chunks.map(({ chunk }) => Buffer.from(chunk))));
      },
    });
    Object.assign(socket, {
      remoteAddress: '203.0.113.7',
      setTimeout() {},
      setNoDelay() {},
      setKeepAlive() {},
      destroySoon() {},
    });
    this.server.emit('connection', socket);
    return socket;
  }

  /**
   * @param {string | Buffer} bytes one whole request
   * @returns {Promise<string>} the whole response
   */
  request(bytes) {
    return new Promise((resolve) => {
      this.received = (chunk) => resolve(chunk.toString());
      this.socket.push(bytes);
    });
  }

  /**
   * @param {Buffer} bytes one whole request
   * @param {number} times how often, one after the other
   */
  run(bytes, times) {
    return new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      let left = times;
      const next = () => {
        if (left === 0) return resolve();
        left -= 1;
        return this.socket.push(bytes);
      };
      this.received = () => setImmediate(next);
      next();
    });
  }
}

/**
 * @param {string} line such as `POST /notes`
 * @param {unknown} [json]
 * @param {Record<string, string>} [fields]
 */
function requestBytes(line, json, fields = {}) {
  const body = json === undefined ? '' : JSON.stringify(json);
  const all = { Host: 'api.example', ...fields };
  if (json !== undefined) {
    Object.assign(all, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  }
  const head = Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  return Buffer.from(`${line} HTTP/1.1\r\n${head}\r\n${body}`);
}

module.exports = { Pipeline, requestBytes };
