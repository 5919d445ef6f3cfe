'use strict';

/** The list of what hauberk is made of. */

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { compose } = require('../../scripts/sbom');
const manifest = require('../../package.json');

test('the SBOM has what is installed and what is linked, with checksums, and nothing else', () => {
  const document = compose();
  assert.equal(document.bomFormat, 'CycloneDX');
  const purls = document.components.map((/** @type {any} */ one) => one.purl);
  assert.equal(new Set(purls).size, purls.length);
  const packages = purls.filter((/** @type {string} */ purl) => purl.startsWith('pkg:npm/'));
  assert.deepEqual(
    packages.map((/** @type {string} */ purl) => purl.slice('pkg:npm/'.length).split('@')[0]).sort(),
    Object.keys(manifest.dependencies).sort(),
  );
  const crates = document.components.filter((/** @type {any} */ one) => one.purl.startsWith('pkg:cargo/'));
  assert.ok(crates.length > 100);
  for (const crate of crates) {
    assert.match(crate.hashes[0].content, /^[0-9a-f]{64}$/, crate.name);
    assert.ok(crate.licenses[0].expression.length > 0, crate.name);
  }
  const names = new Set(crates.map((/** @type {any} */ one) => one.name));
  assert.ok(names.has('ammonia') && names.has('napi') && names.has('libc'));
  // A macro, a build script's crate, a test's.
  for (const name of ['napi-derive', 'napi-build', 'proptest']) assert.ok(!names.has(name), name);
  const known = new Set([...purls, document.metadata.component['bom-ref']]);
  for (const { ref, dependsOn = [] } of document.dependencies) {
    for (const one of [ref, ...dependsOn]) {
      const found =
        known.has(one) || document.components.some((/** @type {any} */ each) => each['bom-ref'] === one);
      assert.ok(found, one);
    }
  }
});
