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
    'a: b\nc: "x\n': 'line 3: found unexpected end of stream',
    'a: 1\nb: {x: "a\n': 'line 3: found unexpected end of stream',
    'a: 1\nb: {x: a\n': "line 2: did not find expected ',' or '}'",
    'a: 1\nb: {x: @a}': 'line 2: found character that cannot start any token',
    'a: 1\nb: {x: a: b}': "line 1: did not find expected ',' or '}'",
    'a: 1\nb: {x: a,, z: b}': 'line 1: did not find expected node content',
    'a: 1\nb: {x: a}}': 'line 1: did not find expected key',
    'a: 1\nb: "x" y': 'line 1: did not find expected key',
    'a: 1\n- b': 'line 1: did not find expected key',
    'a:\n  - b\n  c: d': "line 2: did not find expected '-' indicator",
    'a: 1\nb\n': "line 3: could not find expected ':'",
    'a: "\\q"': 'found unknown escape character',
    'a: 1\nb: *': 'line 2: did not find expected alphabetic or numeric character',
    'a: 1\n%X y\n': 'line 2: found unknown directive name',
    'a: \u0007': 'control characters are not allowed',
    '{[a, 1]: b}': 'invalid map key: []interface {}{"a", 1}',
    '{? {a: true} : b}': 'invalid map key: map[interface {}]interface {}{"a":true}',
  };
  for (const [text, problem] of Object.entries(cases)) {
    await assert.rejects(parseYaml(text), { message: `yaml: ${problem}` }, text);
  }
});
