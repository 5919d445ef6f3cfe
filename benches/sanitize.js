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

/** What grows faster than its length in a parser that is not careful, as a function of the length. */
const GROWING = {
  'long entities': (n) => '&amp;lt;&#x3c;&ampx'.repeat(n / 19),
  ampersands: (n) => '&'.repeat(n),
  'deep nesting': (n) => '<b><i>'.repeat(n / 6),
  'nested blocks': (n) => '<blockquote>'.repeat(n / 12),
  'unclosed tags': (n) => '<p>x<li>y'.repeat(n / 9),
  'many attributes': (n) => `<b ${Array.from({ length: n / 8 }, (_, i) => `a${i}=x`).join(' ')}>x</b>`,
  'many links': (n) => '<a href=x>y'.repeat(n / 11),
  misnested: (n) => '<b><p></b></p>'.repeat(n / 14),
  'misnested links': (n) => '<a href=x><p></a></p>'.repeat(n / 21),
  tables: (n) => '<table><td>x'.repeat(n / 12),
  'open quote': (n) => '<a title="x'.repeat(n / 11),
  comments: (n) => '<!--x-'.repeat(n / 6),
  'well-formed': (n) => '<p>x <b>y</b> &amp; z</p>\n'.repeat(n / 25),
  'well-formed, dirty': (n) => '<p onclick="x">x <b>y</b> & <br/>z</p>\n'.repeat(n / 37),
};

const SIZES = [1, 8, 64, 512, 2048, 8192];

/** Time for each size, once for large ones: per kibibyte it must not grow. */
function growth() {
  const policy = sanitize.policy({
    tags: TAGS,
    attributes: { a: ['href', 'title'] },
    maxLength: 64 * 1024 * 1024,
  });
  const theirTime = (input) => ms(() => sanitizeHtml(input, theirs), input.length);
  console.log(`\nsanitize: us per KiB at 1 KiB to 8 MiB; and how often sanitize-html's time at 64 KiB`);
  console.log(
    `  ${''.padEnd(20)}${SIZES.map((size) => `${size} KiB`.padStart(10)).join('')}${'ratio'.padStart(10)}`,
  );
  for (const [name, make] of Object.entries(GROWING)) {
    const row = SIZES.map((size) => {
      const input = make(size * 1024);
      return ((ms(() => policy.html(input), input.length) * 1e3) / size).toFixed(2).padStart(10);
    });
    const input = make(64 * 1024);
    const ratio = theirTime(input) / ms(() => policy.html(input), input.length);
    console.log(`  ${name.padEnd(20)}${row.join('')}${ratio.toFixed(1).padStart(10)}`);
  }
}

/** The median of a few runs, of one where a run is long. */
function ms(work, length) {
  const times = [];
  for (let i = 0; i < (length > 500_000 ? 1 : length > 50_000 ? 3 : 25); i += 1) {
    const start = process.hrtime.bigint();
    work();
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

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
  growth();
}

main();
