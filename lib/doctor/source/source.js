'use strict';

/* eslint-disable security/detect-unsafe-regex -- each repetition is bounded, or begins where no other part fits */

const { SourceFile } = require('./file');

/** @typedef {import('./file').Call} Call */

/** What all source files of a project say together. */
class Source {
  /** @type {Map<string, Call[]>} a pattern is held against each name once, however often it is called */
  #byName = new Map();

  /** @param {Iterable<{ name: string, text: string }>} texts */
  constructor(texts) {
    /** @type {SourceFile[]} */
    this.files = [];
    /** @type {Set<string>} every module that is imported */
    this.modules = new Set();
    for (const { name, text } of texts) {
      const file = new SourceFile(name, text);
      this.files.push(file);
      for (const module of file.modules) this.modules.add(module);
      for (const call of file.calls) {
        const known = this.#byName.get(call.name);
        if (known === undefined) this.#byName.set(call.name, [call]);
        else known.push(call);
      }
    }
  }

  /** @param {(name: string) => boolean} wanted */
  #called(wanted) {
    const found = [];
    for (const [name, calls] of this.#byName) if (wanted(name)) found.push(...calls);
    const place = new Map(this.files.map((file, i) => [file, i]));
    return found.sort((a, b) => Number(place.get(a.file)) - Number(place.get(b.file)) || a.at - b.at);
  }

  /** @param {RegExp} pattern of what is called */
  calls(pattern) {
    return this.#called((name) => pattern.test(name));
  }

  /** Where a word of the few that checks ask for stands. @param {readonly string[]} words of file.js, `MARKED` */
  where(words) {
    return this.files.flatMap((file) =>
      file.marked.flatMap((at) => (words.includes(file.text[at]) ? [{ file, at }] : [])),
    );
  }

  /** Whether one of the packages, or a part of it such as `zod/v4`, is imported. @param {readonly string[]} names */
  uses(names) {
    return names.find(
      (name) => this.modules.has(name) || [...this.modules].some((one) => one.startsWith(`${name}/`)),
    );
  }

  /** Calls of an application's or router's method: `use`, `get`, ... @param {RegExp} methods */
  onApplication(methods) {
    return this.#called((name) => {
      const dot = name.lastIndexOf('.');
      return dot !== -1 && methods.test(name.slice(dot + 1)) && APPLICATION.test(name.slice(0, dot));
    });
  }

  /** Routes that are registered, with their path where it is written there. */
  routes() {
    return this.onApplication(/^(?:get|post|put|patch|delete|all)$/)
      .filter(({ args }) => args.length >= 2)
      .map((call) => ({
        call,
        method: call.name.slice(call.name.lastIndexOf('.') + 1),
        path: call.file.isString(call.args[0]) ? (call.file.literal(call.args[0]) ?? '') : '',
      }));
  }
}

const APPLICATION =
  /^(?:express\(\)|express\.Router\(\)|(?:.*\.)?(?:app|application|server|api|router|routes|\w*(?:App|Router|Routes)))$|\.route\(\)(?:\.\w+\(\))*$/;

/** Where a call stands, as evidence. @param {Call} call @param {string} [text] */
function at(call, text) {
  return { text: text ?? `${short(call.name)}()`, file: call.file.name, line: call.line };
}

/** @param {string} name */
const short = (name) => (name.length > 60 ? `...${name.slice(-57)}` : name);

exports.Source = Source;
exports.at = at;
