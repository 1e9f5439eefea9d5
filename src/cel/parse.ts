/**
 * Reads an expression.
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
 *
 * Each function below is a rule of the grammar, loosest first: expression, operators, unary, member, primary. A rule that
 * fails yields a placeholder, so that further mistakes are found in the same run.
 */
import { expressionKeywords } from '../api/names.ts';
import type { Environment } from './environment.ts';
import type { Call, Expression, ListLiteral, MapLiteral, ObjectLiteral } from './expression.ts';
import { Source, type Issue } from './issue.ts';
import { readBytes, readNumber, readString } from './literal.ts';
import { expandMacro } from './macro.ts';
import { endOfInput, tokenize, type Token } from './token.ts';
import { follow, ParseStop, TokenStream, type Follow } from './token-stream.ts';

/** Longer expressions are not read. */
const maxCodePoints = 100_000;

export type Parsed =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly issues: readonly Issue[] };

export function parse(source: Source, { bindings = false }: Pick<Environment, 'bindings'> = {}): Parsed {
  const size = source.characters.length;
  if (size > maxCodePoints) {
    const message = `expression code point size exceeds limit: size: ${size}, limit ${maxCodePoints}`;
    return { ok: false, issues: [source.issue(message, undefined)] };
  }
  const { tokens, issues } = tokenize(source);
  const stream = new TokenStream(source, tokens, issues, bindings);
  const expression = parseAll(stream);
  return stream.issues.length > 0 ? { ok: false, issues: stream.issues } : { ok: true, expression };
}

function parseAll(stream: TokenStream): Expression {
  try {
    const expression = stream.rule('start', follow([]), () => {
      const found = parseExpression(stream, afterStart);
      stream.match(endOfInput, follow([], true));
      return found;
    });
    return expression ?? placeholder(stream);
  } catch (error) {
    if (!(error instanceof ParseStop)) throw error;
    return placeholder(stream);
  }
}

const placeholder = ({ token }: TokenStream): Expression => ({ kind: 'literal', value: null, offset: token.offset });

const memberStarts = ['[', '{', '(', '.', '-', 'true', 'false', 'null'].concat([
  'NUM_FLOAT',
  'NUM_INT',
  'NUM_UINT',
  'STRING',
  'BYTES',
  'IDENTIFIER',
]);
const starts = [...memberStarts, '!'];
const operatorLevels = [['||'], ['&&'], ['==', '!=', 'in', '<', '<=', '>=', '>'], ['+', '-'], ['*', '/', '%']];
const levelOf: ReadonlyMap<string, number> = new Map(
  operatorLevels.flatMap((operators, level) => operators.map((operator) => [operator, level])),
);
const ended = follow([], true);
const afterOperand = follow(operatorLevels.flat(), true);
const afterCondition = follow([...levelOf.keys(), '?'], true);
const afterChoice = follow([...levelOf.keys(), ':']);
const afterStart = follow([endOfInput]);
const afterItem = follow([','], true);
const beforeValue = follow(starts);
const beforeColon = follow([':']);
const beforeParenthesis = follow([')']);
const beforeBracket = follow([']']);

function parseExpression(stream: TokenStream, after: Follow): Expression {
  const found = stream.rule('expr', after, () => {
    const condition = parseOperators(stream, 0, afterCondition);
    if (!stream.is('?')) return condition;
    const { offset } = stream.accept();
    const whenTrue = parseOperators(stream, 0, afterChoice);
    stream.match(':', beforeValue);
    const whenFalse = parseExpression(stream, ended);
    return call('_?_:_', offset, condition, whenTrue, whenFalse);
  });
  return found ?? placeholder(stream);
}

/** Operators of a level and of those that bind tighter. */
function parseOperators(stream: TokenStream, lowest: number, after: Follow = afterOperand): Expression {
  let left = parseUnary(stream, after);
  const depths = { relation: 0, calc: 0 };
  for (;;) {
    const level = levelOf.get(stream.token.kind);
    if (level === undefined || level < lowest) break;
    if (level < 2) {
      left = parseChain(stream, left, level);
      continue;
    }
    const { text, offset } = stream.accept();
    const rule = level === 2 ? 'relation' : 'calc';
    stream.deeper(rule);
    depths[rule]++;
    left = call(text === 'in' ? '@in' : `_${text}_`, offset, left, parseOperators(stream, level + 1));
  }
  stream.shallower('relation', depths.relation);
  stream.shallower('calc', depths.calc);
  return left;
}

/** Chains of && and || become balanced trees: however long, they are not deep. */
function parseChain(stream: TokenStream, first: Expression, level: number): Expression {
  const operator = level === 0 ? '||' : '&&';
  const terms = [first];
  const offsets: number[] = [];
  while (stream.is(operator)) {
    offsets.push(stream.accept().offset);
    terms.push(parseOperators(stream, level + 1));
  }
  const half = (low: number, high: number): Expression => {
    if (low > high) return terms[low] as Expression;
    const middle = Math.floor((low + high + 1) / 2);
    return call(`_${operator}_`, offsets[middle] ?? 0, half(low, middle - 1), half(middle + 1, high));
  };
  return half(0, offsets.length - 1);
}

function parseUnary(stream: TokenStream, after: Follow): Expression {
  const found = stream.rule('unary', after, () => {
    stream.sync(starts);
    if (stream.is('!')) return repeated(stream, '!', '!_');
    if (stream.is('-') && !stream.peek(1).kind.startsWith('NUM_')) {
      if (!memberStarts.includes(stream.peek(1).kind)) stream.noViable(1);
      return repeated(stream, '-', '-_');
    }
    return parseMember(stream);
  });
  return found ?? placeholder(stream);
}

/** Operators before a value: two of them undo one another. */
function repeated(stream: TokenStream, operator: string, name: string): Expression {
  const { offset } = stream.accept();
  let count = 1;
  while (stream.is(operator)) {
    const next = stream.peek(1).kind;
    if (operator === '-' && next !== '-' && !memberStarts.includes(next)) stream.noViable(1);
    stream.accept();
    count++;
  }
  stream.sync(memberStarts);
  const operand = parseMember(stream);
  return count % 2 === 0 ? operand : call(name, offset, operand);
}

const memberFollow = follow(['.', '['], true);

function parseMember(stream: TokenStream): Expression {
  const found = stream.rule('member', ended, () => {
    let operand = stream.rule('primary', memberFollow, () => parsePrimary(stream)) ?? placeholder(stream);
    let levels = 0;
    while (stream.is('.', '[')) {
      stream.deeper('member');
      levels++;
      operand = stream.is('[') ? parseIndex(stream, operand) : parseSelect(stream, operand);
    }
    stream.shallower('member', levels);
    return operand;
  });
  return found ?? placeholder(stream);
}

function parseIndex(stream: TokenStream, operand: Expression): Expression {
  const { offset } = stream.accept();
  const optional = stream.is('?');
  if (optional) stream.accept();
  const index = parseExpression(stream, beforeBracket);
  stream.match(']', memberFollow);
  return call(optional ? '_[?_]' : '_[_]', offset, operand, index);
}

function parseSelect(stream: TokenStream, operand: Expression): Expression {
  if (!['?', 'IDENTIFIER', 'ESC_IDENTIFIER'].includes(stream.peek(1).kind)) stream.noViable(1);
  const dot = stream.accept();
  if (stream.is('?')) {
    stream.accept();
    const name = stream.match('IDENTIFIER', memberFollow);
    const field: Expression = { kind: 'literal', value: name.text, offset: name.offset };
    return call('_?._', dot.offset, operand, field);
  }
  const name = stream.accept();
  if (name.kind === 'ESC_IDENTIFIER') stream.report("unsupported syntax: '`'", name.offset);
  if (!stream.is('(') || name.kind !== 'IDENTIFIER') {
    return { kind: 'select', operand, field: name.text, testOnly: false, offset: dot.offset };
  }
  const { offset } = stream.accept();
  const args = parseArguments(stream);
  stream.match(')', memberFollow);
  return callOrMacro(stream, { name: name.text, target: operand, args, offset });
}

function parseArguments(stream: TokenStream): readonly Expression[] {
  stream.sync([...starts, ')']);
  if (stream.is(')')) return [];
  const found = stream.rule('exprList', beforeParenthesis, () => {
    const items = [parseExpression(stream, afterItem)];
    while (stream.is(',')) {
      stream.accept();
      items.push(parseExpression(stream, afterItem));
    }
    return items;
  });
  return found ?? [];
}

function parsePrimary(stream: TokenStream): Expression {
  stream.sync(memberStarts);
  const { token } = stream;
  switch (token.kind) {
    case '(': {
      stream.accept();
      const inner = parseExpression(stream, beforeParenthesis);
      stream.match(')', ended);
      return inner;
    }
    case '[':
      return parseList(stream);
    case '{':
      return parseMap(stream);
    case '.':
    case 'IDENTIFIER':
      return parseName(stream);
    default:
      return parseLiteral(stream);
  }
}

function parseLiteral(stream: TokenStream): Expression {
  const { offset } = stream.token;
  if (stream.is('-') && !/^NUM_(INT|FLOAT)$/.test(stream.peek(1).kind)) stream.noViable(1);
  const sign = stream.is('-') ? stream.accept().text : '';
  const token = stream.accept();
  const value = literalValue(stream, token, sign);
  return { kind: 'literal', value, offset };
}

function literalValue(stream: TokenStream, token: Token, sign: string): import('./value.ts').Value {
  if (token.kind === 'true' || token.kind === 'false') return token.kind === 'true';
  if (token.kind === 'null') return null;
  const result =
    token.kind === 'STRING'
      ? readString(token.text)
      : token.kind === 'BYTES'
        ? readBytes(token.text)
        : readNumber(token.kind, sign + token.text);
  if (result.ok) return result.value;
  stream.report(result.why, token.offset - sign.length);
  return null;
}

/** An identifier, a call, or an object such as `a.B{c: 1}`. */
function parseName(stream: TokenStream): Expression {
  if (stream.is('.') && stream.peek(1).kind !== 'IDENTIFIER') stream.noViable(1);
  const start = stream.token.offset;
  const typeTokens = objectTypeTokens(stream);
  if (typeTokens > 0) return parseObject(stream, typeTokens);
  const dot = stream.is('.') ? stream.accept().text : '';
  const token = stream.accept();
  const reserved = expressionKeywords.has(token.text);
  if (reserved) stream.report(`reserved identifier: ${token.text}`, start);
  if (!stream.is('(')) {
    if (reserved) return { kind: 'literal', value: null, offset: start };
    return { kind: 'identifier', name: dot + token.text, offset: token.offset };
  }
  const { offset } = stream.accept();
  const args = parseArguments(stream);
  stream.match(')', ended);
  return callOrMacro(stream, { name: dot + token.text, args, offset });
}

/** How many tokens the name of an object's type takes; 0: this is no object. */
function objectTypeTokens(stream: TokenStream): number {
  let count = stream.is('.') ? 1 : 0;
  while (stream.peek(count).kind === 'IDENTIFIER') {
    count++;
    if (stream.peek(count).kind === '{') return count;
    if (stream.peek(count).kind !== '.') return 0;
    count++;
  }
  return 0;
}

function parseObject(stream: TokenStream, typeTokens: number): ObjectLiteral {
  const typeName = Array.from({ length: typeTokens }, () => stream.accept().text).join('');
  const { offset } = stream.accept();
  stream.sync(['?', ',', '}', 'IDENTIFIER', 'ESC_IDENTIFIER']);
  const fields: ObjectLiteral['fields'][number][] = [];
  if (!stream.is(',', '}')) {
    stream.rule('fieldInit', follow([',', '}']), () => {
      do {
        if (fields.length > 0) stream.accept();
        stream.sync(['?', 'IDENTIFIER', 'ESC_IDENTIFIER']);
        const optional = stream.is('?');
        if (optional) stream.accept();
        const name = stream.match(stream.is('ESC_IDENTIFIER') ? 'ESC_IDENTIFIER' : 'IDENTIFIER', beforeColon);
        if (name.kind === 'ESC_IDENTIFIER') stream.report("unsupported syntax: '`'", name.offset);
        const colon = stream.match(':', beforeValue);
        const value = parseExpression(stream, afterItem);
        fields.push({ name: name.text, value, optional, offset: colon.offset });
      } while (stream.is(',') && stream.peek(1).kind !== '}');
    });
  }
  endOf(stream, '}');
  return { kind: 'object', typeName, fields, offset };
}

function parseList(stream: TokenStream): ListLiteral {
  const { offset } = stream.accept();
  stream.sync([...starts, '?', ',', ']']);
  const items: ListLiteral['items'][number][] = [];
  if (!stream.is(',', ']')) {
    stream.rule('listInit', follow([',', ']']), () => {
      do {
        if (items.length > 0) stream.accept();
        items.push(parseOptional(stream, afterItem));
      } while (stream.is(',') && stream.peek(1).kind !== ']');
    });
  }
  endOf(stream, ']');
  return { kind: 'list', items, offset };
}

function parseMap(stream: TokenStream): MapLiteral {
  const { offset } = stream.accept();
  stream.sync([...starts, '?', ',', '}']);
  const entries: MapLiteral['entries'][number][] = [];
  if (!stream.is(',', '}')) {
    stream.rule('mapInit', follow([',', '}']), () => {
      do {
        if (entries.length > 0) stream.accept();
        const { value: key, optional } = parseOptional(stream, beforeColon);
        const colon = stream.match(':', beforeValue);
        const value = parseExpression(stream, afterItem);
        entries.push({ key, value, optional, offset: colon.offset });
      } while (stream.is(',') && stream.peek(1).kind !== '}');
    });
  }
  endOf(stream, '}');
  return { kind: 'map', entries, offset };
}

/** A last comma, and the bracket. */
function endOf(stream: TokenStream, bracket: string): void {
  stream.sync([',', bracket]);
  if (stream.is(',')) stream.accept();
  stream.match(bracket, ended);
}

function parseOptional(stream: TokenStream, after: Follow): { value: Expression; optional: boolean } {
  const found = stream.rule('optExpr', after, () => {
    stream.sync([...starts, '?']);
    const optional = stream.is('?');
    if (optional) stream.accept();
    return { value: parseExpression(stream, ended), optional };
  });
  return found ?? { value: placeholder(stream), optional: false };
}

function call(name: string, offset: number, ...args: readonly Expression[]): Call {
  return { kind: 'call', name, args, offset };
}

function callOrMacro(stream: TokenStream, made: Omit<Call, 'kind'>): Expression {
  const expanded = expandMacro({ kind: 'call', ...made }, stream.bindings);
  if (expanded === undefined) return { kind: 'call', ...made };
  if ('kind' in expanded) return expanded;
  stream.report(expanded.why, expanded.offset);
  return { kind: 'literal', value: null, offset: made.offset };
}
