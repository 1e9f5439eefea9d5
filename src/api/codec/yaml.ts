/**
 * YAML as Kubernetes reads it (sigs.k8s.io/yaml): YAML 1.1's booleans and octal numbers, no times, no base-60 numbers, and
 * always turned into what JSON can say. The parser is loaded when the first YAML comes.
 */
import type { Event, Schema, YAMLException } from 'js-yaml';
import { setOwn } from './json-object.ts';
import { goProblem } from './yaml-problem.ts';

type Library = typeof import('js-yaml');

export interface ParsedYaml {
  readonly value: unknown;
  /** What strict reading says about keys that were given twice; the last value stands. */
  readonly duplicates: string | undefined;
}

/** The text is no YAML, or none that JSON could say. */
export class YamlSyntaxError extends Error {
  override readonly name = 'YamlSyntaxError';
}

const maxDepth = 1000;
/** Aliases may not blow a small document up to more values than this. */
const maxNodes = 1_000_000;

/** Reads the first document of the text; an empty text is null. Throws a YamlSyntaxError. */
export async function parseYaml(text: string): Promise<ParsedYaml> {
  const [first] = await parseYamlDocuments(text);
  return first ?? { value: null, duplicates: undefined };
}

/** Reads all documents of the text. */
export async function parseYamlDocuments(text: string): Promise<readonly ParsedYaml[]> {
  const yaml = await import('js-yaml');
  const schema = goSchema(yaml);
  const { source, events } = readEvents(yaml, text);
  try {
    const values = yaml.constructFromEvents(events, { source, schema, json: true, maxAliases: 10_000 });
    const duplicates = findDuplicates(yaml, source, events);
    return values.map((value, i) => {
      checkSize(value);
      return { value, duplicates: duplicates[i] };
    });
  } catch (error) {
    if (error instanceof yaml.YAMLException) throw syntaxError(error, source, text);
    throw error;
  }
}

/** At most so many characters are read again for lines that stand too far left. */
const maxReread = 8 * 1024 * 1024;

/**
 * Brackets and quotes may go on at any column in Go, and with us only further right than what they are in. So their
 * lines are moved, one after the other; lines keep their numbers. @throws YamlSyntaxError
 */
function readEvents(yaml: Library, text: string): { readonly source: string; readonly events: Event[] } {
  let source = text;
  let moved = -1;
  for (let reread = 0; ; reread += source.length) {
    try {
      return { source, events: yaml.parseEvents(source, { maxDepth }) };
    } catch (error) {
      if (!(error instanceof yaml.YAMLException)) throw error;
      const line = error.reason === 'deficient indentation' ? (error.mark?.line ?? -1) : -1;
      // A line that was moved and still does not do is not to be helped.
      if (line <= moved || reread > maxReread) throw syntaxError(error, source, text);
      const lines = source.split('\n');
      lines[line] = `${' '.repeat(furthestIndent(text, line) + 1)}${lines[line] ?? ''}`;
      source = lines.join('\n');
      moved = line;
    }
  }
}

/** Of the lines above: nothing that the line belongs to stands further right. */
function furthestIndent(text: string, line: number): number {
  const above = text.split('\n').slice(0, line);
  return above.reduce((most, each) => Math.max(most, each.search(/[^ \-?]|$/)), 0);
}

function syntaxError({ reason, mark }: YAMLException, source: string, text: string): YamlSyntaxError {
  const problem =
    mark === undefined ? reason : goProblem(source, { reason, line: mark.line, column: mark.column }, text);
  return new YamlSyntaxError(`yaml: ${problem}`);
}

let loaded: Schema | undefined;

function goSchema(yaml: Library): Schema {
  loaded ??= yaml.FAILSAFE_SCHEMA.withTags(
    yaml.mergeTag,
    yaml.defineScalarTag<unknown>('tag:yaml.org,2002:null', plainTag(yaml, resolveNull)),
    yaml.defineScalarTag<unknown>('tag:yaml.org,2002:bool', plainTag(yaml, resolveBoolean)),
    yaml.defineScalarTag<unknown>('tag:yaml.org,2002:int', plainTag(yaml, resolveInteger)),
    yaml.defineScalarTag<unknown>('tag:yaml.org,2002:float', plainTag(yaml, resolveFloat)),
    yaml.defineScalarTag<string>('tag:yaml.org,2002:binary', {
      resolve: (source) => Buffer.from(source, 'base64').toString('latin1'),
      identify: () => false,
    }),
    yaml.defineMappingTag<Record<string, unknown>>('tag:yaml.org,2002:map', {
      create: () => ({}),
      addPair: (carrier, key, value) => {
        if (typeof key === 'object' && key !== null) {
          checkSize(key);
          return `invalid map key: ${goSyntax(key)}`;
        }
        setOwn(carrier, String(key), value);
        return '';
      },
      has: (carrier, key) => Object.hasOwn(carrier, String(key)),
      keys: (result) => Object.keys(result),
      get: (result, key) => result[String(key)],
      identify: () => false,
    }),
  );
  return loaded;
}

function plainTag(yaml: Library, resolve: (source: string) => unknown) {
  return {
    implicit: true,
    resolve: (source: string): unknown => {
      const value = resolve(source);
      return value === undefined ? yaml.NOT_RESOLVED : value;
    },
    identify: () => false,
  };
}

/** What Go's parser makes of a plain scalar; undefined: a string. */
export function resolvePlain(source: string): null | boolean | number | undefined {
  const word = resolveNull(source) === null ? null : resolveBoolean(source);
  return word === undefined ? (resolveInteger(source) ?? resolveFloat(source)) : word;
}

const resolveNull = (source: string): null | undefined => (/^(?:|~|null|Null|NULL)$/.test(source) ? null : undefined);

function resolveBoolean(source: string): boolean | undefined {
  if (/^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(source)) return true;
  if (/^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(source)) return false;
  return undefined;
}

function resolveInteger(source: string): number | undefined {
  const plain = source.replaceAll('_', '');
  const match = /^([-+]?)(?:(0[xX][0-9a-fA-F]+)|(0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/.exec(plain);
  if (match === null || !/^[-+0-9]/.test(source)) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const size = octal === undefined ? Number(hex ?? binary ?? decimal) : Number.parseInt(octal, 8);
  return sign === '-' && size !== 0 ? -size : size;
}

function resolveFloat(source: string): number | undefined {
  return /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(source) ? Number(source) : undefined;
}

interface Level {
  readonly keys: Set<string> | undefined;
  /** In a mapping: keys and values take turns. */
  awaitsKey: boolean;
}

/** For each document the complaint of Go's parser about keys given twice. */
function findDuplicates(yaml: Library, source: string, events: readonly Event[]): readonly (string | undefined)[] {
  const { EVENT_ID: id } = yaml;
  const documents: string[][] = [];
  const levels: Level[] = [];
  const lineOf = lineCounter(source);
  const enter = (keys: Set<string> | undefined) => levels.push({ keys, awaitsKey: keys !== undefined });
  for (const event of events) {
    if (event.type === id.DOCUMENT) {
      documents.push([]);
      enter(undefined);
      continue;
    }
    if (event.type === id.POP) {
      levels.pop();
      continue;
    }
    const level = levels.at(-1);
    if (level?.keys !== undefined) {
      if (level.awaitsKey && event.type === id.SCALAR) {
        const text = yaml.getScalarValue(source, event);
        const plain = event.style === yaml.SCALAR_STYLE.PLAIN ? resolvePlain(text) : undefined;
        const key = goSyntax(plain === undefined ? text : plain);
        if (level.keys.has(key) && text !== '<<') {
          documents.at(-1)?.push(`  line ${lineOf(event.valueStart)}: key ${key} already set in map`);
        }
        level.keys.add(key);
      }
      level.awaitsKey = !level.awaitsKey;
    }
    if (event.type === id.MAPPING) enter(new Set());
    else if (event.type === id.SEQUENCE) enter(undefined);
  }
  return documents.map((lines) => (lines.length === 0 ? undefined : `yaml: unmarshal errors:\n${lines.join('\n')}`));
}

/** A value of YAML as Go prints it with %#v. */
function goSyntax(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[interface {}]interface {}{${entries.map(([key, item]) => `${JSON.stringify(key)}:${goSyntax(item)}`).join(', ')}}`;
}

/** Tells on which line a place is, counted from 1; asked for places further and further on. */
function lineCounter(source: string): (place: number) => number {
  let line = 1;
  let next = source.indexOf('\n');
  return (place) => {
    for (; next >= 0 && next < place; next = source.indexOf('\n', next + 1)) line++;
    return line;
  };
}

function checkSize(value: unknown): void {
  const sizes = new Map<object, number>();
  const sizeOf = (node: unknown, depth: number): number => {
    if (typeof node !== 'object' || node === null) return 1;
    // An anchor may hold itself: such a value has no end.
    if (depth > maxDepth) throw new YamlSyntaxError('yaml: exceeded max depth');
    const known = sizes.get(node);
    if (known !== undefined) return known;
    let size = 1;
    for (const child of Object.values(node)) {
      size += sizeOf(child, depth + 1);
      if (size > maxNodes) throw new YamlSyntaxError('yaml: document contains excessive aliasing');
    }
    sizes.set(node, size);
    return size;
  };
  sizeOf(value, 0);
}
