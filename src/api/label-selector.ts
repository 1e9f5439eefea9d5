/**
 * Label selectors: a list of requirements that all must hold. They are made from the LabelSelector of an object or from
 * the text of a query: `app=web,tier in (a,b),!canary`.
 */
import { labelValueErrors, qualifiedNameErrors } from './names.ts';

export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Sorted, each once. */
  readonly values: readonly string[];
}

/** All must hold; an empty list selects everything. */
export type LabelRequirements = readonly LabelRequirement[];

/** The LabelSelector of the API. */
export interface LabelSelectorObject {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?: readonly LabelExpression[] | undefined;
}

export interface LabelExpression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

export type Labels = Readonly<Record<string, string>> | undefined;

/** The text or object is no selector; the message is apimachinery's. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

/** The labels meet all requirements. */
export function matchesLabels(requirements: LabelRequirements, labels: Labels): boolean {
  for (const requirement of requirements) if (!meets(requirement, labels)) return false;
  return true;
}

function meets({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
    case 'lt':
      return value !== undefined && compareNumbers(operator, value, values[0] ?? '');
  }
}

function compareNumbers(operator: 'gt' | 'lt', value: string, limit: string): boolean {
  if (!isInteger(value) || !isInteger(limit)) return false;
  return operator === 'gt' ? BigInt(value) > BigInt(limit) : BigInt(value) < BigInt(limit);
}

/** Reads the text of a query; throws a SelectorError. Sorted by key. */
export function parseLabelSelector(text: string): LabelRequirements {
  return sortByKey(parseRequirements({ tokens: tokenize(text), at: 0 }));
}

/**
 * The requirements of a LabelSelector; none given selects nothing (undefined), an empty one everything.
 * Throws a SelectorError.
 */
export function labelSelectorRequirements(
  selector: LabelSelectorObject | null | undefined,
): LabelRequirements | undefined {
  if (selector === null || selector === undefined) return undefined;
  const labels = Object.entries(selector.matchLabels ?? {});
  const requirements = labels.map(([key, value]) => requirement(key, '=', [value], ''));
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = Object.hasOwn(objectOperators, operator) ? objectOperators[operator] : undefined;
    if (known === undefined) {
      throw new SelectorError(`${JSON.stringify(operator)} is not a valid label selector operator`);
    }
    requirements.push(requirement(key, known, values ?? [], ''));
  }
  return sortByKey(requirements);
}

const objectOperators: Readonly<Record<string, LabelOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

/** The text of a selector, such as scale subresources answer. */
export function formatLabelSelector(requirements: LabelRequirements): string {
  return requirements.map(formatRequirement).join(',');
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  const joined = values.join(',');
  switch (operator) {
    case '!':
      return `!${key}`;
    case 'exists':
      return key;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${joined})`;
    case 'gt':
      return `${key}>${joined}`;
    case 'lt':
      return `${key}<${joined}`;
    default:
      return `${key}${operator}${joined}`;
  }
}

const sortByKey = (requirements: LabelRequirements): LabelRequirements =>
  [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

const isInteger = (text: string): boolean => /^[+-]?\d{1,19}$/.test(text);

interface Token {
  readonly kind: 'end' | 'symbol' | 'word';
  readonly text: string;
}

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

const symbols = /^(?:==|!=|[=!(),<>])/;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let rest = text.trimStart(); rest !== ''; rest = rest.trimStart()) {
    const symbol = symbols.exec(rest)?.[0];
    const token = symbol ?? /^[^=!(),<>\s]+/.exec(rest)?.[0] ?? rest;
    tokens.push({ kind: symbol === undefined ? 'word' : 'symbol', text: token });
    rest = rest.slice(token.length);
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

const end: Token = { kind: 'end', text: '' };
const look = ({ tokens, at }: Reader): Token => tokens[at] ?? end;
const isSymbol = (token: Token, text: string): boolean => token.kind === 'symbol' && token.text === text;

function next(reader: Reader): Token {
  const token = look(reader);
  reader.at++;
  return token;
}

function parseRequirements(reader: Reader): LabelRequirement[] {
  const requirements: LabelRequirement[] = [];
  for (;;) {
    const first = look(reader);
    if (first.kind === 'end') return requirements;
    if (first.kind !== 'word' && !isSymbol(first, '!')) {
      throw unexpected(first, `, expected: !, identifier, or 'end of string'`);
    }
    requirements.push(parseRequirement(reader));
    const after = next(reader);
    if (after.kind === 'end') return requirements;
    if (!isSymbol(after, ',')) throw unexpected(after, `, expected: ',' or 'end of string'`);
    const following = look(reader);
    if (following.kind !== 'word' && !isSymbol(following, '!')) {
      throw unexpected(following, `, expected: identifier after ','`);
    }
  }
}

function parseRequirement(reader: Reader): LabelRequirement {
  try {
    return parseOne(reader);
  } catch (error) {
    if (error instanceof SelectorError) throw new SelectorError(`unable to parse requirement: ${error.message}`);
    throw error;
  }
}

function parseOne(reader: Reader): LabelRequirement {
  const negated = isSymbol(look(reader), '!');
  if (negated) next(reader);
  const key = next(reader);
  if (key.kind !== 'word') throw unexpected(key, ', expected: identifier');
  checkKey(key.text, '<nil>');
  const after = look(reader);
  const alone = after.kind === 'end' || isSymbol(after, ',');
  if (negated) return requirement(key.text, '!', [], '');
  if (alone) return requirement(key.text, 'exists', [], '');
  const operator = parseOperator(reader);
  const values = operator === 'in' || operator === 'notin' ? parseValues(reader) : [parseExactValue(reader)];
  return requirement(key.text, operator, values, '');
}

const textOperators: Readonly<Record<string, LabelOperator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};

function parseOperator(reader: Reader): LabelOperator {
  const token = next(reader);
  const operator = Object.hasOwn(textOperators, token.text) ? textOperators[token.text] : undefined;
  if (operator === undefined) throw unexpected(token, ', expected: in, notin, =, ==, !=, gt, lt');
  return operator;
}

function parseExactValue(reader: Reader): string {
  const value = look(reader);
  if (value.kind === 'end' || isSymbol(value, ',')) return '';
  next(reader);
  if (value.kind !== 'word') throw unexpected(value, ', expected: identifier');
  return value.text;
}

function parseValues(reader: Reader): string[] {
  const open = next(reader);
  if (!isSymbol(open, '(')) throw unexpected(open, ` expected: '('`);
  const first = look(reader);
  if (isSymbol(first, ')')) {
    next(reader);
    return [''];
  }
  if (first.kind !== 'word' && !isSymbol(first, ',')) throw unexpected(first, `, expected: ',', ')' or identifier`);
  const values: string[] = [];
  let awaitsValue = true;
  for (;;) {
    const token = next(reader);
    if (token.kind === 'word') {
      values.push(token.text);
      awaitsValue = false;
      const after = look(reader);
      if (!isSymbol(after, ',') && !isSymbol(after, ')')) throw unexpected(after, `, expected: ',' or ')'`);
    } else if (isSymbol(token, ',')) {
      if (awaitsValue) values.push('');
      awaitsValue = true;
    } else if (isSymbol(token, ')')) {
      if (awaitsValue) values.push('');
      return values;
    } else throw unexpected(token, `, expected: ',', or identifier`);
  }
}

const unexpected = (token: Token, expected: string): SelectorError =>
  new SelectorError(`found '${token.text}'${expected}`);

function checkKey(key: string, path: string): void {
  const errors = qualifiedNameErrors(key);
  if (errors.length > 0) throw new SelectorError(invalid(path, JSON.stringify(key), errors.join('; ')));
}

const invalid = (path: string, value: string, text: string): string => `${path}: Invalid value: ${value}: ${text}`;

/** Checks the parts; `path` is where the selector stands, '' at the root. */
function requirement(key: string, operator: LabelOperator, given: readonly string[], path: string): LabelRequirement {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const errors: string[] = [];
  const add = (where: string, value: unknown, text: string): void => {
    errors.push(invalid(at(where), JSON.stringify(value), text));
  };
  const keyErrors = qualifiedNameErrors(key);
  if (keyErrors.length > 0) add('key', key, keyErrors.join('; '));
  const countError = valueCountError(operator, given.length);
  if (countError !== undefined) add('values', given, countError);
  given.forEach((value, i) => {
    if ((operator === 'gt' || operator === 'lt') && !isInteger(value)) {
      add(`values[${i}]`, value, `for 'Gt', 'Lt' operators, the value must be an integer`);
    }
  });
  given.forEach((value, i) => {
    const found = labelValueErrors(value);
    if (found.length > 0) add(`values[${i}][${key}]`, value, found.join('; '));
  });
  if (errors.length > 0) throw new SelectorError(errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`);
  const values = given.length > 1 ? [...new Set(given)].sort() : given;
  return { key, operator, values };
}

function valueCountError(operator: LabelOperator, count: number): string | undefined {
  switch (operator) {
    case 'in':
    case 'notin':
      return count === 0 ? `for 'in', 'notin' operators, values set can't be empty` : undefined;
    case '=':
    case '==':
    case '!=':
      return count === 1 ? undefined : 'exact-match compatibility requires one single value';
    case 'exists':
    case '!':
      return count === 0 ? undefined : 'values set must be empty for exists and does not exist';
    case 'gt':
    case 'lt':
      return count === 1 ? undefined : `for 'Gt', 'Lt' operators, exactly one value is required`;
  }
}
