import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { importCycles, readSource, relativeLinks, type SourceFile } from './source-tree.ts';

function parse(text: string): SourceFile {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-tree-'));
  try {
    writeFileSync(join(folder, 'a.ts'), text);
    return readSource(folder, 'a.ts');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('readSource() finds imports in all their forms and none in comments', () => {
  const { imports } = parse(
    [
      "import { one, type Two, three as four } from './b.ts';",
      "import type { Five } from './c/d.ts';",
      "import * as six from './e.ts';",
      "import 'node:fs';",
      "const seven = await import('./f.ts');",
      "// import { no } from './g.ts';",
      "/* import { no } from './g.ts'; */",
    ].join('\n'),
  );
  assert.deepEqual(
    imports.map((entry) => [entry.file, entry.names, entry.eager]),
    [
      ['b.ts', ['one', 'Two', 'three'], true],
      ['c/d.ts', ['Five'], true],
      ['e.ts', 'all', true],
      [undefined, [], true],
      ['f.ts', 'all', false],
    ],
  );
});

test('readSource() tells exported functions, values and types apart', () => {
  const { exports } = parse(
    [
      'export async function one(): Promise<void> {}',
      'export const two = (value: string): string => value;',
      'export const three = 3;',
      'export interface Four {}',
      'export class Five {}',
    ].join('\n'),
  );
  assert.deepEqual(
    exports.map((entry) => `${entry.name} ${entry.kind}`),
    ['one function', 'two function', 'three value', 'Four type', 'Five value'],
  );
});

test('importCycles() finds a circle and leaves lazy imports alone', () => {
  const file = (path: string, target: string, eager: boolean): SourceFile => ({
    path,
    text: '',
    code: '',
    exports: [],
    imports: [{ file: target, specifier: target, names: [], eager }],
  });
  assert.deepEqual(importCycles([file('a.ts', 'b.ts', true), file('b.ts', 'a.ts', true)]), [['a.ts', 'b.ts', 'a.ts']]);
  assert.deepEqual(importCycles([file('a.ts', 'b.ts', true), file('b.ts', 'a.ts', false)]), []);
});

test('relativeLinks() leaves out addresses, anchors and code', () => {
  const text = '[a](b.md#part) [c](https://example.org) [d](#here) `[e](f.md)`\n```\n[g](h.md)\n```\n<img src="i.svg">';
  assert.deepEqual(relativeLinks('docs/x.md', text), ['docs/b.md', 'docs/i.svg']);
});
