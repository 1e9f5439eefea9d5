/**
 * The checkout as plain data for tidy.test.ts: every source file with what it imports and exports.
 *
 * Read by pattern, not by a parser: TypeScript 7 has no API for that, and the formatter leaves few ways to write an
 * import. Comments are blanked before, so that examples in them do not count.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

export interface SourceFile {
  /** From the root of the checkout, with slashes: `src/base/clock.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text with its comments blanked out, of the same length. */
  readonly code: string;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
}

export interface Import {
  /** The imported file's path from the root; undefined for packages. */
  readonly file: string | undefined;
  readonly specifier: string;
  /** Names as the other file exports them; `'all'` for namespaces, dynamic imports and file names handed to workers. */
  readonly names: readonly string[] | 'all';
  /** Loaded with the importing file, so that it counts for cycles. */
  readonly eager: boolean;
}

export interface Export {
  readonly name: string;
  readonly kind: 'function' | 'value' | 'type';
}

const ignored = new Set(['node_modules', '.git', '.cache', '.slipway', 'dist']);

/** Every file of the checkout below `root`, as paths with slashes, in order. */
export function listFiles(root: string): readonly string[] {
  const files: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (ignored.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) files.push(relative(root, path).replaceAll(sep, '/'));
    }
  };
  visit(root);
  return files.toSorted();
}

export function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const code = blankComments(text);
  return { path, text, code, imports: importsOf(path, code), exports: exportsOf(code) };
}

const commentOrString = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

function blankComments(text: string): string {
  return text.replace(commentOrString, (match, literal: string | undefined) => literal ?? match.replace(/[^\n]/g, ' '));
}

const fromStatement = /^(?:import|export)\s+(?:type\s+)?([^;'"]*?)\s*from\s*'([^']+)'/gm;
const bareImport = /^import\s+'([^']+)'/gm;
const dynamicImport = /\bimport\(\s*'([^']+)'/g;
const fileName = /'(\.\.?\/[^'\n]+\.ts)'/g;

function importsOf(path: string, code: string): readonly Import[] {
  const found: Import[] = [];
  const resolve = (specifier: string): string | undefined =>
    specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
  const add = (specifier: string, names: Import['names'], eager: boolean): void => {
    found.push({ file: resolve(specifier), specifier, names, eager });
  };
  for (const [, clause = '', specifier = ''] of code.matchAll(fromStatement))
    add(specifier, importedNames(clause), true);
  for (const [, specifier = ''] of code.matchAll(bareImport)) add(specifier, [], true);
  for (const [, specifier = ''] of code.matchAll(dynamicImport)) add(specifier, 'all', false);
  const known = new Set(found.map((entry) => entry.specifier));
  for (const [, specifier = ''] of code.matchAll(fileName)) if (!known.has(specifier)) add(specifier, 'all', false);
  return found;
}

function importedNames(clause: string): Import['names'] {
  if (clause.includes('*')) return 'all';
  const named = /\{([^}]*)\}/.exec(clause)?.[1] ?? '';
  const names = named
    .split(',')
    .map(
      (part) =>
        part
          .trim()
          .replace(/^type\s+/, '')
          .split(/\s+as\s+/)[0] ?? '',
    )
    .filter((name) => name !== '');
  return /^\w/.test(clause) ? [...names, 'default'] : names;
}

const declaration =
  /^export\s+(?:declare\s+)?(?:default\s+)?(async\s+function\*?|function\*?|class|const|let|interface|type)\s+([\w$]+)([^\n]*)/gm;

function exportsOf(code: string): readonly Export[] {
  const found: Export[] = [];
  for (const [, keyword = '', name = '', rest = ''] of code.matchAll(declaration)) {
    const isFunction =
      keyword.includes('function') || (keyword === 'const' && /=>|=\s*(?:async\s*)?function/.test(rest));
    const isType = keyword === 'interface' || keyword === 'type';
    found.push({ name, kind: isType ? 'type' : isFunction ? 'function' : 'value' });
  }
  return found;
}

/** Groups of files that import one another, each in the order of one walk round the circle. */
export function importCycles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[][] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(path)), path]);
      return;
    }
    state.set(path, 'open');
    for (const { file, eager } of byPath.get(path)?.imports ?? []) {
      if (eager && file !== undefined && byPath.has(file)) visit(file, [...trail, path]);
    }
    state.set(path, 'done');
  };
  for (const { path } of files) visit(path, []);
  return cycles;
}

/** Relative links of a Markdown text that lead to files, without their anchors; code blocks are left out. */
export function relativeLinks(path: string, text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g), ...prose.matchAll(/(?:src|href)="([^"]+)"/g)];
  return targets
    .map(([, target = '']) => target.split('#')[0] ?? '')
    .filter((target) => target !== '' && !/^[a-z][a-z+.-]*:/i.test(target))
    .map((target) => join(dirname(path), decodeURI(target)));
}
