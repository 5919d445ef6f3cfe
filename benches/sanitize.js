'use strict';

/**
 * Sanitizing HTML beside sanitize-html and xss (js-xss), each with the elements of the preset `basic`.
 *
 * node --expose-gc benches/sanitize.js
 */

const assert = require('node:assert/strict');
const sanitizeHtml = require('sanitize-html');
const xss = require('xss');
const { compare } = require('./harness/compare');
const sanitize = require('../lib/sanitize');

const TAGS = 'a abbr b blockquote br code em i li ol p pre s strong sub sup u ul'.split(' ');

const theirs = { allowedTags: TAGS, allowedAttributes: { a: ['href', 'title'] } };
const jsXss = new xss.FilterXSS({
  whiteList: Object.fromEntries(TAGS.map((tag) => [tag, tag === 'a' ? ['href', 'title'] : []])),
  stripIgnoreTagBody: ['script', 'style'],
  stripIgnoreTag: true,
});

const TEXT =
  'Thanks, that solved it. I had the same problem on two machines and the last paragraph was what I missed. '
    .repeat(2)
    .slice(0, 200);

const COMMENT = `<p>Thanks for the write-up! I tried it with <code>node --test</code> and it <strong>just works</strong>.</p>
<p>Two remarks:</p>
<ul>
<li>the link to <a href="https://example.com/guide?a=1">the guide</a> is out of date,</li>
<li>the second example needs <em>one more</em> line.</li>
</ul>
<blockquote><p>measure first</p></blockquote>
<p>Exactly. See also <a href="https://example.org/notes" title="notes">my notes</a> on how this looks on a slower machine
with less memory, which was a surprise.</p>`;

const ARTICLE = Array.from(
  { length: Math.ceil(20_000 / COMMENT.length) },
  (_, i) => `<p><b>Part ${i}</b></p>\n${COMMENT}`,
).join('\n');

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '<svg><p><style><a id="</style><img src=1 onerror=alert(1)>">',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<a href="jav&#x0A;ascript:alert(1)">x</a><script>alert(1)</script>',
  '<b onmouseover=alert(1)>x</b><iframe src=javascript:alert(1)></iframe>',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
].join('\n');

/** No handler, no script, no URL that runs: checked on every result before anything is timed. */
function check(result, name) {
  assert.equal(typeof result, 'string');
  assert.ok(result.length > 0, name);
  // Inside quotes and outside tags this is only text.
  // eslint-disable-next-line security/detect-unsafe-regex -- only the results of the four inputs above
  const tags = result.match(/<[a-z/](?:"[^"]*"|[^">])*>/gi) ?? [];
  for (const tag of tags) {
    const bare = tag.replace(/"[^"]*"/g, '""');
    assert.doesNotMatch(bare, /\son\w+\s*=|<(?:script|iframe|img|svg|math|style|form)/i, `${name}: ${tag}`);
    assert.doesNotMatch(tag, /href="?\s*javascript:/i, `${name}: ${tag}`);
  }
}

const contestants = (input) => {
  const one = (name, clean) => ({
    name,
    result: () => clean(input),
    run: (times) => {
      let length = 0;
      for (let i = 0; i < times; i += 1) length += clean(input).length;
      return length;
    },
  });
  return [
    one('hauberk sanitize.html', (dirty) => sanitize.html(dirty)),
    one('sanitize-html', (dirty) => sanitizeHtml(dirty, theirs)),
    one('xss', (dirty) => jsXss.process(dirty)),
  ];
};

async function main() {
  const inputs = {
    'text without markup': TEXT,
    comment: COMMENT,
    article: ARTICLE,
    'hostile input': HOSTILE,
  };
  for (const [name, input] of Object.entries(inputs)) {
    await compare(`sanitize: ${name}, ${input.length} characters`, contestants(input), { check });
  }
}

main();
