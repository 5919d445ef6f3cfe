'use strict';

const { at } = require('../../source/source');
const { fail, pass } = require('../../verdict');

const SQL = /^\s*(?:select|insert\s+into|update|delete\s+from|with|drop|alter)\b/i;

/** Whether an argument puts values into a text: a template, or a sum. @param {import('../../source/file').SourceFile} file @param {import('../../source/file').Range} given */
function isMixed(file, given) {
  const [from, to] = file.follow(given);
  if (to - from === 1) return file.kind[from] === 'template' && file.text[from].includes('${');
  return file.kind[from] === 'string' && file.is(from + 1, '+');
}

/** @type {import('../../verdict').Check} */
module.exports = {
  id: 'body/injection',
  kind: 'static',
  weight: 3,
  why: 'A value that is put into SQL, a command or code is no longer a value.',
  fix: "Pass values apart: db.query('select * from t where id = $1', [id]); execFile(file, [argument]); no eval",
  docs: 'doctor.md',
  look({ project }) {
    const { source } = project;
    const sql = source
      .calls(/\.(?:query|execute|exec|run|prepare|raw|\$queryRawUnsafe|\$executeRawUnsafe)$/)
      .filter(
        ({ file, args }) =>
          args[0] !== undefined && isMixed(file, args[0]) && SQL.test(file.text[file.follow(args[0])[0]]),
      );
    const shell = source
      .calls(/^(?:node:)?child_process\.(?:exec|execSync)$/)
      .filter(({ file, args }) => args[0] !== undefined && isMixed(file, args[0]));
    const code = source
      .calls(/^(?:eval|Function)$|^(?:node:)?vm\.runIn(?:New|This)Context$/)
      .filter(({ file, args }) => args[0] !== undefined && !file.isString(args[0]));
    const found = [...sql, ...shell, ...code];
    return found.length > 0
      ? fail(
          'values are put into SQL, a command or code',
          found.map((one) => at(one)),
        )
      : pass('no value was found that is put into SQL, a command or code');
  },
};
