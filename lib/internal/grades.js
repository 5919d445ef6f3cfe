'use strict';

/** The letters of Mozilla's HTTP Observatory, by the least score. */
const GRADES = /** @type {const} */ ([
  [100, 'A+'],
  [90, 'A'],
  [85, 'A-'],
  [80, 'B+'],
  [70, 'B'],
  [65, 'B-'],
  [60, 'C+'],
  [50, 'C'],
  [45, 'C-'],
  [40, 'D+'],
  [30, 'D'],
  [25, 'D-'],
]);

/** @param {number} score 0 or more */
function gradeOf(score) {
  return GRADES.find(([least]) => score >= least)?.[1] ?? 'F';
}

module.exports = { gradeOf };
