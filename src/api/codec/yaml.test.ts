import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeYaml } from './write-yaml.ts';
import { parseYaml, parseYamlDocuments, YamlSyntaxError } from './yaml.ts';

test('parseYaml() takes plain scalars as YAML 1.1 does, but for times and base-60 numbers', async () => {
  const text =
    'a: yes\nb: off\nc: 010\nd: 1e3\ne: 2001-02-03\nf: 22:22\ng: ~\nh:\ni: "yes"\nj: 0x1f\nk: 1_000\nl: .5\n1: x\ny: z';
  assert.deepEqual((await parseYaml(text)).value, {
    '1': 'x',
    a: true,
    b: false,
    c: 8,
    d: 1000,
    e: '2001-02-03',
    f: '22:22',
    g: null,
    h: null,
    i: 'yes',
    j: 31,
    k: 1000,
    l: 0.5,
    true: 'z',
  });
});

test('parseYaml() follows anchors and merges', async () => {
  const { value } = await parseYaml('base: &b {p: 1, q: 2}\nc:\n  <<: *b\n  q: 3\nd: *b\n');
  assert.deepEqual(value, { base: { p: 1, q: 2 }, c: { p: 1, q: 3 }, d: { p: 1, q: 2 } });
});

test('parseYaml() names keys that were given twice', async () => {
  const { value, duplicates } = await parseYaml('a: 1\ndata:\n  x: "1"\n  x: "2"\na: 2\n');
  assert.deepEqual(value, { a: 2, data: { x: '2' } });
  assert.equal(
    duplicates,
    'yaml: unmarshal errors:\n  line 4: key "x" already set in map\n  line 5: key "a" already set in map',
  );
  const typed = await parseYaml('{1: a, "1": b, 1: c, yes: d, true: e, 1.5: f, 1.5: g}');
  assert.equal(
    typed.duplicates,
    `yaml: unmarshal errors:\n${['1', 'true', '1.5'].map((key) => `  line 1: key ${key} already set in map`).join('\n')}`,
  );
});

test('parseYaml() is not kept busy by brackets without an end, lines too far left and keys given often', async () => {
  await assert.rejects(parseYaml('metadata: {labels:{<<: *x}}\n'), YamlSyntaxError);
  await assert.rejects(parseYaml('a: [\nb: [\n'), YamlSyntaxError);
  await assert.rejects(parseYaml(`a: [${'1,\n'.repeat(200_000)}]`), YamlSyntaxError);
  const twice = await parseYaml('a: 1\n'.repeat(100_000));
  assert.match(twice.duplicates ?? '', /line 100000: key "a" already set in map$/);
});

test('parseYaml() lets brackets and quotes go on at any column', async () => {
  const { value } = await parseYaml('a:\n  b: {\nc: [\n1,\n2\n]\n}\n  d: "x\ny"\n');
  assert.deepEqual(value, { a: { b: { c: [1, 2] }, d: 'x y' } });
});

test('parseYaml() refuses what is no YAML, bombs and bad keys', async () => {
  const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
  const bomb = ['l0: &l0 [x]', ...levels].join('\n');
  for (const text of ['a: b: c', '{', 'a: [', '? {a: 1}\n: x', bomb]) {
    await assert.rejects(parseYaml(text), { name: 'YamlSyntaxError' }, text);
  }
});

test('parseYaml() never touches prototypes', async () => {
  const { value } = await parseYaml('__proto__: {x: 1}\n');
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.deepEqual(Object.keys(value as object), ['__proto__']);
});

test('parseYamlDocuments() reads all documents', async () => {
  const documents = await parseYamlDocuments('a: 1\n---\nb: 2\n');
  assert.deepEqual(
    documents.map(({ value }) => value),
    [{ a: 1 }, { b: 2 }],
  );
  assert.equal((await parseYaml('')).value, null);
});

test('writeYaml() quotes strings that could be taken for something else', () => {
  const written = writeYaml({
    data: {
      a: 'yes',
      b: '1',
      c: 'null',
      d: '- x',
      e: ' lead',
      f: 'tab\tin',
      g: 'line\nbreak',
      h: '#no comment',
      i: '{x}',
      j: 'ü✓',
      k: '0x1f',
      m: '2001-02-03',
      n: "it's",
      o: '"q"',
      p: 'a: b',
      q: '',
      r: '~',
      t: 'end\n',
      u: '😀',
    },
    list: [{ b: 1, a: [] }, [1, [true]], {}, null],
    b10: 1,
    b9: 2,
  });
  const lines = [
    'b9: 2',
    'b10: 1',
    'data:',
    '  a: "yes"',
    '  b: "1"',
    '  c: "null"',
    "  d: '- x'",
    "  e: ' lead'",
    '  f: "tab\\tin"',
    '  g: |-',
    '    line',
    '    break',
    "  h: '#no comment'",
    "  i: '{x}'",
    '  j: ü✓',
    '  k: "0x1f"',
    '  m: "2001-02-03"',
    '  "n": it\'s',
    '  o: \'"q"\'',
    "  p: 'a: b'",
    '  q: ""',
    '  r: "~"',
    '  t: |',
    '    end',
    '  u: "\\U0001F600"',
    'list:',
    '- a: []',
    '  b: 1',
    '- - 1',
    '  - - true',
    '- {}',
    '- null',
    '',
  ];
  assert.equal(written, lines.join('\n'));
});

test('writeYaml() writes what parseYaml() reads', async () => {
  const values: readonly unknown[] = [
    { a: 'x\n\n y\n', b: '\n', c: ' \n', d: 'a\n\n', e: ['', 'a #b', 'x:', '-', '?', '...', '%a', 'é\r', '\u2028'] },
    [{ a: [[1, 2], [{ b: 'l1\nl2' }]], ['k'.repeat(200)]: { x: [1] }, ['j'.repeat(200)]: 'v' }],
    { n: [1.5, -2, 1e300, 1e-9, 0, 123456789012], t: [true, null] },
    'text',
  ];
  for (const value of values) assert.deepEqual((await parseYaml(writeYaml(value))).value, value);
});
