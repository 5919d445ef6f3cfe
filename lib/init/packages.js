'use strict';

const { majorOf } = require('./project');

/** @typedef {import('./wire').Note} Note */

/**
 * What hauberk does in place of other packages: the text and the page that compares the options. Nothing of them is
 * removed, because only a person knows what their options were for.
 *
 * @type {readonly { names: string, docs: string, what: string }[]}
 */
const REPLACED = Object.freeze([
  {
    names:
      'helmet hsts frameguard x-xss-protection dont-sniff-mimetype referrer-policy permissions-policy hide-powered-by nocache lusca',
    docs: 'headers.md',
    what: 'the guard sends these header fields',
  },
  {
    names: 'express-rate-limit express-slow-down rate-limit-redis rate-limiter-flexible express-brute',
    docs: 'ratelimit.md',
    what: 'the guard limits requests; two limits count twice',
  },
  {
    names: 'hpp express-mongo-sanitize body-parser',
    docs: 'body.md',
    what: 'the guard reads and checks bodies and query strings',
  },
  {
    names: 'csurf csrf-csrf csrf-sync tiny-csrf',
    docs: 'csrf.md',
    what: 'the guard refuses forged requests',
  },
  {
    names: 'sanitize-html xss xss-clean dompurify isomorphic-dompurify',
    docs: 'sanitize.md',
    what: 'hauberk.sanitize makes HTML safe',
  },
  {
    names: 'bcrypt bcryptjs argon2 @node-rs/argon2 @node-rs/bcrypt',
    docs: 'passwords.md',
    what: 'hauberk.passwords reads the stored hashes and hashes off the event loop',
  },
  {
    names: 'otplib otpauth speakeasy',
    docs: 'mfa.md',
    what: 'hauberk.mfa has one-time codes with replay protection',
  },
  { names: 'express-validator', docs: 'validate.md', what: 'hauberk/validate has the same names' },
  { names: 'express-session', docs: 'sessions.md', what: 'hauberk.sessions sets it up safely' },
  { names: 'cookie-session iron-session', docs: 'cookies.md', what: 'hauberk.cookies seals values' },
  { names: 'express-async-errors', docs: 'errors.md', what: 'hauberk.errors.async hands rejections on' },
  {
    names: 'express-sslify express-enforces-ssl express-force-ssl express-force-https',
    docs: 'https.md',
    what: 'hauberk.https redirects by a list of hosts',
  },
]);

const UPLOADS = ['multer', 'busboy', 'connect-busboy', 'formidable', 'express-fileupload', 'multiparty'];
const VIEWS = ['ejs', 'pug', 'hbs', 'express-handlebars', 'nunjucks', 'mustache-express', 'eta', 'twig'];

/**
 * @param {import('./project').Project} project
 * @param {import('./entry').Source} entry
 * @returns {Note[]}
 */
function packageNotes(project, { tokens, file }) {
  const has = (/** @type {string} */ name) => Object.hasOwn(project.dependencies, name);
  const notes = REPLACED.flatMap(({ names, docs, what }) => {
    const found = names.split(' ').filter(has);
    return found.length === 0 ? [] : [{ what: `${found.join(', ')}: ${what}`, docs }];
  });
  const uploads = UPLOADS.filter(has);
  if (uploads.length > 0) {
    const what = `${uploads.join(', ')}: uploads over 100 KiB are refused until their route says body: { limit } in hauberk({ routes })`;
    notes.push({ what, docs: 'body.md' });
  }
  if (has('cors')) {
    notes.push({
      what: 'cors: sites of other origins that write must be listed in csrf: { origins }',
      docs: 'csrf.md',
    });
  }
  if (VIEWS.some(has) || file.text.includes('.static(')) {
    const what =
      'HTML gets a strict Content-Security-Policy: inline scripts need the nonce of res.locals.cspNonce; --mode report tries it out';
    notes.push({ what, docs: 'headers.md' });
  }
  if (majorOf(project) === 4) {
    notes.push({
      what: 'Express 4 does not see rejected promises: wrap async handlers in hauberk.errors.async',
      docs: 'errors.md',
    });
  }
  if (tokens.some((token) => opensErrorHandler(tokens, token))) {
    notes.push({
      what: 'an error handler stands in front of guard.errors: what it answers itself is not checked for leaks',
      docs: 'errors.md',
    });
  }
  return notes;
}

/** `(err, req, res, next)`. @param {import('./tokens').Token[]} tokens @param {import('./tokens').Token} open */
function opensErrorHandler(tokens, { text, index, match }) {
  if (text !== '(' || match === undefined || !/^(?:err|error|e|_err)$/.test(tokens[index + 1].text))
    return false;
  const commas = tokens.slice(index, match).filter((one) => one.text === ',' && one.within === index);
  return commas.length === 3 && ['=>', '{', ':'].includes(tokens[match + 1]?.text);
}

module.exports = { packageNotes, REPLACED };
