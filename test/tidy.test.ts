/**
 * The house rules that a machine can check (CONTRIBUTING.md gives their reasons). Each test lists every offence with the
 * place and what to do about it. The exemptions are the short lists at the top; each says why.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { importCycles, listFiles, readSource, relativeLinks, type SourceFile } from './source-tree.ts';

/** What each folder of src/ may import besides itself. */
const layers: Readonly<Record<string, readonly string[]>> = {
  base: [],
  api: ['base'],
  store: ['base'],
  client: ['base', 'api'],
  cel: ['base', 'api'],
  apiserver: ['base', 'api', 'store', 'cel'],
  controllers: ['base', 'api', 'client', 'cel'],
  scheduler: ['base', 'api', 'client', 'cel'],
  cloud: ['base', 'api', 'client'],
  kubelet: ['base', 'api', 'client'],
  proxy: ['base', 'api', 'client'],
  dns: ['base', 'api', 'client'],
  simulation: ['base', 'api', 'client', 'kubelet'],
  'local-path': ['base', 'api', 'client'],
  metrics: ['base', 'api', 'client'],
  logs: ['base', 'api', 'client'],
  releases: ['base', 'api', 'client'],
  cluster: ['*'],
  testing: ['*'],
  cli: ['*'],
};

/** Tables of data: no limit on length, and not every entry has a reader yet. */
const dataTables = ['src/api/groups/', 'src/api/resources.ts', 'src/apiserver/bootstrap/'];

/** Run by path, imported by nobody. */
const entryPoints = [
  'src/cli/main.ts',
  'src/store/embedded/worker.ts',
  'src/store/embedded/crash-writer.ts',
  'src/store/server/export-worker.ts',
];

/** Siblings that answer the same call on purpose: one a component, controller, plugin or command. */
const siblingNames = new Set(['run', 'plan', 'reconcile', 'command']);

const bannedNames = /(^|\/)(utils?|helpers?|common|misc|managers?|impl|types|index)(\/|\.[a-z]+$)/;

/** Pattern → what to write instead. Searched in the whole text, comments included. */
const bannedText: readonly (readonly [RegExp, string])[] = [
  [/\b(TODO|FIXME|XXX|HACK)\b/, 'do it now or open an issue'],
  [/@ts-(ignore|expect-error|nocheck)|(oxlint|eslint|biome)-(disable|ignore)/, 'mend what the checker found'],
  [/(^|[\s'"`(=])\/(work|farm)\//, "no paths of one developer's machine"],
];

/** Searched in code only. */
const bannedCode: readonly (readonly [RegExp, string])[] = [
  [/(:|<|\bas) any\b/, 'use unknown and narrow it'],
  [/\b(it|test|describe|suite)\.(skip|only|todo)\b/, 'make the test run or remove it'],
  [
    /^\s*(export\s+)?(const\s+)?(enum|namespace)\s+\w+\s*\{/m,
    'type stripping has no enums and namespaces: use a union of strings',
  ],
];

const maximumLines = 500;

const root = join(import.meta.dirname, '..');
const files = listFiles(root);
const sources = files
  .filter((path) => /^(src|test|tools|bench|examples)\/.*\.ts$/.test(path))
  .map((path) => readSource(root, path));
const inSrc = sources.filter((file) => file.path.startsWith('src/'));
const isTest = (path: string): boolean => path.endsWith('.test.ts') || !path.startsWith('src/');
const isData = (path: string): boolean => dataTables.some((prefix) => path.startsWith(prefix));

test('imports go one way: base, then api and store, then apiserver and client, then components, then cluster, then cli', () => {
  const offences: string[] = [];
  for (const file of inSrc) {
    const from = layerOf(file.path);
    const allowed = layers[from];
    if (allowed === undefined) offences.push(`${file.path}: folder "src/${from}" has no place in the layers`);
    for (const { file: target } of file.imports) {
      if (target === undefined || !target.startsWith('src/')) continue;
      const to = layerOf(target);
      const upward = (to === 'cli' || to === 'testing' || to === 'cluster') && rank(to) > rank(from);
      const permitted = to === from || allowed?.includes(to) === true || (allowed?.includes('*') === true && !upward);
      if (!permitted && !(isTest(file.path) && allowed?.includes('*') === true)) {
        offences.push(`${file.path} imports ${target}: ${from} may import ${allowed?.join(', ') || 'nothing'}`);
      }
    }
  }
  none(offences);
});

test('every relative import leads to a file and names it with its ending', () => {
  const offences = sources.flatMap((file) =>
    file.imports
      .filter((entry) => entry.file !== undefined && entry.eager && !existsSync(join(root, entry.file)))
      .map((entry) => `${file.path}: "${entry.specifier}" does not exist`),
  );
  none(offences);
});

test('no file imports itself through others', () => {
  none(importCycles(inSrc).map((cycle) => cycle.join(' → ')));
});

test(`no file is longer than ${maximumLines} lines`, () => {
  const offences = sources
    .filter((file) => !isData(file.path))
    .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }))
    .filter((file) => file.lines > maximumLines)
    .map((file) => `${file.path}: ${file.lines} lines; split it by noun or verb`);
  none(offences);
});

test('no file or folder has a name that says nothing, and all are kebab-case', () => {
  const offences = files.filter((path) => bannedNames.test(path) && /^(src|test|tools|bench)\//.test(path));
  none(offences.map((path) => `${path}: name it after what it holds`));
  const shapes = sources.filter(
    (file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.v\d\w*)?(\.e2e)?(\.test)?\.ts$/.test(basename(file.path)),
  );
  none(shapes.map((file) => `${file.path}: write the name in kebab-case`));
  const deep = inSrc.filter((file) => file.path.split('/').length > 5);
  none(deep.map((file) => `${file.path}: at most three folders deep below src/`));
});

test('no source has a banned word', () => {
  const offences: string[] = [];
  for (const file of sources) {
    if (file.path === 'test/tidy.test.ts') continue;
    for (const [pattern, instead] of bannedText) offences.push(...hits(file, file.text, pattern, instead));
    for (const [pattern, instead] of bannedCode) offences.push(...hits(file, file.code, pattern, instead));
  }
  none(offences);
});

test('every file is used by another or run by path', () => {
  const used = new Set(sources.flatMap((file) => file.imports.map((entry) => entry.file)));
  const dead = inSrc.filter((file) => !isTest(file.path) && !used.has(file.path) && !entryPoints.includes(file.path));
  none(dead.map((file) => `${file.path}: nobody imports it`));
});

test('every exported function and value is used by another file', () => {
  const used = new Map<string, Set<string> | 'all'>();
  for (const { file, names } of sources.flatMap((source) => source.imports)) {
    if (file === undefined) continue;
    const known = used.get(file);
    if (names === 'all' || known === 'all') used.set(file, 'all');
    else used.set(file, new Set([...(known ?? []), ...names]));
  }
  const offences = inSrc
    .filter((file) => !isTest(file.path) && !isData(file.path) && used.get(file.path) !== 'all')
    .flatMap((file) => {
      const names = used.get(file.path);
      return file.exports
        .filter((entry) => entry.kind !== 'type' && !entry.name.endsWith('Error')) // errors are part of what a function promises
        .filter((entry) => names === undefined || names === 'all' || !names.has(entry.name))
        .map((entry) => `${file.path}: nobody else uses "${entry.name}"; drop the export or what it exports`);
    });
  none(offences);
});

test('no two files export functions of the same name', () => {
  const places = new Map<string, string[]>();
  for (const file of inSrc) {
    if (isTest(file.path) || isData(file.path)) continue;
    const names = file.exports.filter((entry) => entry.kind === 'function' && !siblingNames.has(entry.name));
    for (const name of new Set(names.map((entry) => entry.name))) {
      places.set(name, [...(places.get(name) ?? []), file.path]);
    }
  }
  const offences = [...places].filter(([, paths]) => paths.length > 1);
  none(offences.map(([name, paths]) => `${name}: ${paths.join(', ')}; keep one, or name what differs`));
});

test('every relative link in a Markdown file leads somewhere', () => {
  const offences = files
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) => {
      const { text } = readSource(root, path);
      return relativeLinks(path, text)
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${path}: "${target}" does not exist`);
    });
  none(offences);
});

test('README.zh-CN.md has the sections, commands and flags of README.md', () => {
  const outline = (path: string): readonly string[] => {
    const { text } = readSource(root, path);
    const codeBlocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, code = '']) =>
      code.replace(/ *#.*$/gm, ''),
    );
    return [...codeBlocks, ...[...text.matchAll(/^## |^\| `--[a-z-]+/gm)].map(([match]) => match)];
  };
  assert.deepEqual(outline('README.zh-CN.md'), outline('README.md'));
});

test('docs/dependencies.md names every dependency of package.json with its version', () => {
  const manifest = JSON.parse(readSource(root, 'package.json').text) as Record<string, Record<string, string>>;
  const { text } = readSource(root, 'docs/dependencies.md');
  const wanted = Object.entries({ ...manifest['dependencies'], ...manifest['devDependencies'] });
  const offences = wanted.filter(([name, version]) => {
    const row = text.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}\``));
    return !version.startsWith('file:') && (row === undefined || (/\.\d+\./.test(version) && !row.includes(version)));
  });
  none(offences.map(([name, version]) => `${name} ${version}: give it a row with its version and the reason`));
});

test('every dependency of package.json is imported by the program', () => {
  const manifest = JSON.parse(readSource(root, 'package.json').text) as Record<string, Record<string, string>>;
  const imported = inSrc.flatMap((file) => file.imports.map((entry) => entry.specifier));
  const unused = Object.keys(manifest['dependencies'] ?? {}).filter(
    (name) => name !== 'node' && !imported.some((specifier) => specifier === name || specifier.startsWith(`${name}/`)),
  );
  none(unused.map((name) => `${name}: nobody imports it; take it out of package.json and docs/dependencies.md`));
});

function layerOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function rank(layer: string): number {
  return Object.keys(layers).indexOf(layer);
}

function hits(file: SourceFile, text: string, pattern: RegExp, instead: string): readonly string[] {
  const match = pattern.exec(text);
  if (match === null) return [];
  const line = text.slice(0, match.index).split('\n').length;
  return [`${file.path}:${line}: "${match[0].trim()}": ${instead}`];
}

function none(offences: readonly string[]): void {
  assert.ok(offences.length === 0, `\n  ${offences.join('\n  ')}\n`);
}
