import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from './yaml.ts';

test('goProblem() words what is wrong with a text as Go does', async () => {
  const cases: Readonly<Record<string, string>> = {
    'a: [': 'line 1: did not find expected node content',
    'a: [b': "line 1: did not find expected ',' or ']'",
    '{a: b\n': "line 1: did not find expected ',' or '}'",
    'a: b: c': 'mapping values are not allowed in this context',
    'a: b\n  c: d': 'line 2: mapping values are not allowed in this context',
    'a:\n\t- b': 'line 2: found character that cannot start any token',
    '\ta: b': 'found character that cannot start any token',
    'a: @x': 'found character that cannot start any token',
    'a: "x': 'found unexpected end of stream',
    'a: b\nc: "x': 'line 2: found unexpected end of stream',
    'a: *x': "unknown anchor 'x' referenced",
    '- a\nb: c': "line 1: did not find expected '-' indicator",
    '}': 'did not find expected node content',
  };
  for (const [text, problem] of Object.entries(cases)) {
    await assert.rejects(parseYaml(text), { message: `yaml: ${problem}` }, text);
  }
});
