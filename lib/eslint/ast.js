'use strict';

/**
 * Questions that several rules ask of a syntax tree (ESTree), answered from what the file itself says: a value
 * that comes from elsewhere is unknown, and an unknown value is never reported.
 */

/** @typedef {any} Node an ESTree node with `parent` */
/** @typedef {{ sourceCode: any, report: (what: any) => void }} Context */

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const WRAPPERS = new Set([
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'ChainExpression',
]);

/** The expression inside TypeScript's annotations and `?.` chains. @param {Node} node @returns {Node} */
function bare(node) {
  while (node && WRAPPERS.has(node.type)) node = node.expression;
  return node;
}

/** @param {Context} context @param {Node} identifier */
function variableOf(context, identifier) {
  for (let scope = context.sourceCode.getScope(identifier); scope; scope = scope.upper) {
    const found = scope.set.get(identifier.name);
    if (found) return found;
  }
  return undefined;
}

/**
 * What a name stands for, if it is declared once with a value and never assigned again; else the node itself.
 *
 * @param {Context} context
 * @param {Node} given
 * @returns {Node}
 */
function resolve(context, given) {
  const node = bare(given);
  if (node?.type !== 'Identifier') return node;
  const variable = variableOf(context, node);
  const [definition] = variable?.defs ?? [];
  if (variable?.defs.length !== 1) return node;
  if (definition.type === 'FunctionName') return definition.node;
  if (definition.type !== 'Variable' || definition.node.id.type !== 'Identifier' || !definition.node.init)
    return node;
  const writes = variable.references.filter((/** @type {any} */ reference) => reference.isWrite());
  return writes.length > 1 ? node : bare(definition.node.init);
}

/** The static name of a property or member. @param {Node} node @returns {string | undefined} */
function keyOf(node) {
  const key = node.type === 'MemberExpression' ? node.property : node.key;
  if (!node.computed && key.type === 'Identifier') return key.name;
  return staticString(key);
}

/** @param {Node} given @returns {string | undefined} */
function staticString(given) {
  const node = bare(given);
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked;
  return undefined;
}

/** @param {Node} node */
function required(node) {
  const called = node?.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name;
  return called === 'require' ? staticString(node.arguments[0]) : undefined;
}

/**
 * Which module's export a callee is: `express`, `express.json`, `bcrypt.hashSync`. The default export and the
 * module itself are the bare name.
 *
 * @param {Context} context
 * @param {Node} given
 * @returns {string | undefined}
 */
function exportOf(context, given) {
  const node = bare(given);
  if (node?.type === 'CallExpression') return required(node);
  if (node?.type === 'MemberExpression') {
    const of = exportOf(context, node.object);
    const key = keyOf(node);
    return of === undefined || key === undefined ? undefined : key === 'default' ? of : `${of}.${key}`;
  }
  if (node?.type !== 'Identifier') return undefined;
  const [definition] = variableOf(context, node)?.defs ?? [];
  if (definition?.type === 'ImportBinding') {
    const name = definition.node.imported?.name ?? 'default';
    const from = definition.parent.source.value;
    return name === 'default' ? from : `${from}.${name}`;
  }
  if (definition?.type !== 'Variable' || !definition.node.init) return undefined;
  const { id, init } = definition.node;
  if (id.type === 'Identifier') return bare(init).type === 'Identifier' ? undefined : exportOf(context, init);
  if (id.type !== 'ObjectPattern') return undefined;
  const property = id.properties.find((/** @type {Node} */ one) => one.value === definition.name);
  const of = property && exportOf(context, init);
  return of && `${of}.${keyOf(property)}`;
}

/**
 * The object literal that a call is given, or undefined when it is none that the file shows.
 *
 * @param {Context} context @param {Node} node
 */
function objectOf(context, node) {
  const value = node && resolve(context, node);
  return value?.type === 'ObjectExpression' ? value : undefined;
}

/** @param {Node} object @param {string} name @returns {Node | undefined} the value of a property */
function valueOf(object, name) {
  const found = object.properties.find(
    (/** @type {Node} */ one) => one.type === 'Property' && keyOf(one) === name,
  );
  return found && bare(found.value);
}

/** Whether the literal hides properties behind a spread. @param {Node} object */
function hasSpread(object) {
  return object.properties.some((/** @type {Node} */ one) => one.type !== 'Property');
}

/** @param {Node} node */
const isFunction = (node) => FUNCTIONS.has(node?.type);

/** The functions around a node, innermost first. @param {Node} node @returns {Node[]} */
function functionsAround(node) {
  const around = [];
  for (let up = node.parent; up; up = up.parent) if (isFunction(up)) around.push(up);
  return around;
}

/** @param {Node} fn @returns {string[]} names of plain parameters */
function parameters(fn) {
  return fn.params.map((/** @type {Node} */ one) => (one.type === 'Identifier' ? one.name : ''));
}

const REQUEST = /^_?(?:req|request)$/;
const RESPONSE = /^_?(?:res|response)$/;

/** Whether a function takes a request and a response, as Express calls it. @param {Node} fn */
function isHandler(fn) {
  const names = parameters(fn);
  const at = names.findIndex((name) => REQUEST.test(name));
  return (at === 0 || at === 1) && RESPONSE.test(names[at + 1] ?? '');
}

/** @param {Node} fn */
const isErrorHandler = (fn) => isFunction(fn) && fn.params.length === 4;

/**
 * The object at the start of a chain of calls and members: `res` of `res.status(1).json(x)`.
 *
 * @param {Node} given @returns {Node}
 */
function rootOf(given) {
  let node = bare(given);
  for (;;) {
    if (node?.type === 'CallExpression') node = bare(node.callee);
    else if (node?.type === 'MemberExpression') node = bare(node.object);
    else return node;
  }
}

/** Whether an expression is the response object. @param {Node} node */
const isResponse = (node) => rootOf(node)?.type === 'Identifier' && RESPONSE.test(rootOf(node).name);

/** The method of a call on the response, such as `json`. @param {Node} call @returns {string | undefined} */
function responseMethod(call) {
  const callee = bare(call.callee);
  return callee?.type === 'MemberExpression' && isResponse(callee.object) ? keyOf(callee) : undefined;
}

/**
 * Whether a name is an Express application or router that this file makes.
 *
 * @param {Context} context @param {Node} node
 */
function isApplication(context, node) {
  const value = resolve(context, node);
  if (value?.type !== 'CallExpression') return false;
  return ['express', 'express.Router', 'express.application'].includes(exportOf(context, value.callee) ?? '');
}

module.exports = {
  bare,
  variableOf,
  resolve,
  keyOf,
  staticString,
  exportOf,
  objectOf,
  valueOf,
  hasSpread,
  isFunction,
  functionsAround,
  parameters,
  isHandler,
  isErrorHandler,
  rootOf,
  isResponse,
  responseMethod,
  isApplication,
  REQUEST,
};
