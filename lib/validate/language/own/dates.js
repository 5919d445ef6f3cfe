'use strict';

/** Formats that `isDate` takes: year, month and day, or two other orders, with one kind of delimiter each. */
const FORMAT =
  /^(?:(?:y{4}|y{2})[./-]m{1,2}[./-]d{1,2}|m{1,2}[./-]d{1,2}[./-](?:y{4}|y{2})|d{1,2}[./-]m{1,2}[./-](?:y{4}|y{2}))$/i;

/** @param {any} [options] */
function isDate(options) {
  const given = typeof options === 'string' ? { format: options } : (options ?? {});
  const { format = 'YYYY/MM/DD', delimiters = ['/', '-'], strictMode: strict = false } = given;
  if (!FORMAT.test(format)) return () => false;
  const own = delimiters.find((/** @type {string} */ one) => format.includes(one));
  const words = format.toLowerCase().split(own);
  return (/** @type {string} */ text) => {
    // Longer than every format with its delimiters.
    if (text.length > 32 || (strict && text.length !== format.length)) return false;
    const delimiter = strict ? own : delimiters.find((/** @type {string} */ one) => text.includes(one));
    const parts = text.split(delimiter);
    if (parts.length !== words.length) return false;
    /** @type {Record<string, string>} */
    const date = {};
    for (let i = 0; i < words.length; i += 1) {
      if (parts[i] === '' || parts[i].length !== words[i].length) return false;
      date[words[i][0]] = parts[i];
    }
    return isDay(date);
  };
}

/** @param {Record<string, string>} parts */
function isDay({ y, m, d }) {
  if (y === undefined || m === undefined || d === undefined || y.startsWith('-')) return false;
  let year = y;
  if (y.length === 2) {
    const short = parseInt(y, 10);
    if (Number.isNaN(short)) return false;
    year = (short < new Date().getFullYear() % 100 ? '20' : '19') + y;
  }
  const date = new Date(`${year}-${m.padStart(2, '0')}-${d.padStart(2, '0')}T00:00:00.000Z`);
  return date.getUTCDate() === Number(d);
}

const RFC3339 =
  // eslint-disable-next-line security/detect-unsafe-regex -- no repetition inside a repetition: linear
  /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:[12]\d|0[1-9]|3[01])[ tT](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.[0-9]+)?(?:[zZ]|[-+](?:[01]\d|2[0-3]):[0-5]\d)$/;

module.exports = {
  isDate,
  isRFC3339: () => (/** @type {string} */ text) => RFC3339.test(text),
};
