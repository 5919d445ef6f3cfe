'use strict';

/**
 * Questions of one turn of the event loop, sent together: a client's command costs several times what a
 * decision does, here and on the server.
 *
 * 1. What is asked in one turn goes out at its end; nobody waits for an answer to others.
 * 2. A batch has at most `most` questions, so that the server is never held up for long.
 * 3. Only questions of one group go together: in a cluster, keys that live in one slot.
 *
 * @template T
 */
class Batches {
  /** @param {number} most @param {(batch: Batch<T>) => void} send */
  constructor(most, send) {
    this.most = most;
    this.send = send;
    /** @type {Map<string, Batch<T>>} by group; empty between turns */
    this.open = new Map();
    this.flush = this.flush.bind(this);
  }

  /** @param {string} group @param {T} question */
  add(group, question) {
    const batch = this.open.get(group);
    if (batch !== undefined && batch.questions.length < this.most) {
      batch.questions.push(question);
      return;
    }
    if (batch !== undefined) this.send(batch);
    else if (this.open.size === 0) setImmediate(this.flush);
    this.open.set(group, new Batch(question));
  }

  flush() {
    const batches = this.open;
    this.open = new Map();
    for (const batch of batches.values()) this.send(batch);
  }
}

/** @template T */
class Batch {
  /** @param {T} first */
  constructor(first) {
    this.questions = [first];
    /** When the first was asked: the deadline of all counts from here. */
    this.since = performance.now();
  }
}

exports.Batches = Batches;
exports.Batch = Batch;
