/**
 * The paths of fields in valid JSON text, in the order of the text: which were given twice, and how complaints about
 * fields are put in order. Only asked when something is wrong with them.
 */

interface FieldVisit {
  readonly path: string;
  readonly duplicate: boolean;
}

/** Fields that were given more than once, each path once. `text`: valid JSON. */
export function findDuplicates(text: string): readonly string[] {
  return [...new Set(visitFields(text).flatMap((visit) => (visit.duplicate ? [visit.path] : [])))];
}

/**
 * Complaints in the order in which a reader of the text meets the fields: `duplicate field "data.x"`, `unknown field "extra"`.
 * Inside an unknown field nothing is looked at. `text`: valid JSON.
 */
export function strictErrors(
  text: string,
  duplicates: readonly string[],
  unknown: readonly string[],
): readonly string[] {
  const unknownErrors = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (duplicates.length === 0) return unknownErrors;
  const unknownPaths = new Set(unknown);
  const errors = new Set<string>();
  for (const { path, duplicate } of visitFields(text)) {
    if (unknownPaths.has(path)) errors.add(`unknown field ${JSON.stringify(path)}`);
    else if (duplicate && !insideOf(path, unknown)) errors.add(`duplicate field ${JSON.stringify(path)}`);
  }
  for (const error of unknownErrors) errors.add(error);
  return [...errors];
}

const insideOf = (path: string, parents: readonly string[]): boolean =>
  parents.some((parent) => path.startsWith(`${parent}.`) || path.startsWith(`${parent}[`));

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

interface Level {
  readonly path: string;
  /** Undefined in a list. */
  readonly seen: Set<string> | undefined;
  index: number;
  key: string;
}

function visitFields(text: string): FieldVisit[] {
  const visits: FieldVisit[] = [];
  const levels: Level[] = [];
  let awaitsKey = false;
  for (const [symbol] of text.matchAll(token)) {
    const level = levels.at(-1);
    if (symbol === '{' || symbol === '[') {
      const path = level === undefined ? '' : childPath(level);
      levels.push({ path, seen: symbol === '{' ? new Set() : undefined, index: 0, key: '' });
      awaitsKey = symbol === '{';
    } else if (symbol === '}' || symbol === ']') {
      levels.pop();
      awaitsKey = false;
    } else if (symbol === ',') {
      if (level !== undefined) level.index++;
      awaitsKey = level?.seen !== undefined;
    } else if (symbol === ':') awaitsKey = false;
    else if (awaitsKey && level?.seen !== undefined) {
      level.key = JSON.parse(symbol) as string;
      visits.push({ path: childPath(level), duplicate: level.seen.has(level.key) });
      level.seen.add(level.key);
    }
  }
  return visits;
}

function childPath(level: Level): string {
  if (level.seen === undefined) return `${level.path}[${level.index}]`;
  return level.path === '' ? level.key : `${level.path}.${level.key}`;
}
