import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NumberLiteral } from './decode-error.ts';
import { strictErrors } from './duplicate-fields.ts';
import { parseJson, summarizeBody } from './json.ts';

const parse = (text: string) => parseJson(Buffer.from(text));

test('parseJson() finds fields that were given twice', () => {
  const { value, duplicates } = parse('{"spec":{"a":1,"l":[{"b":2,"b":3}],"a":"x: {\\"a\\":1}"},"spec2":{}}');
  assert.deepEqual(value, { spec: { a: 'x: {"a":1}', l: [{ b: 3 }] }, spec2: {} });
  assert.deepEqual(duplicates, ['spec.l[0].b', 'spec.a']);
  assert.deepEqual(parse('{"a":{"a":1},"b":{"a":1}}').duplicates, []);
});

test('parseJson() keeps the text of odd numbers', () => {
  const { value } = parse('[1,2.0,1e3,-0.5,12345678901234567890,"1.5"]');
  const texts = (value as unknown[]).map((item) => (item instanceof NumberLiteral ? item.text : item));
  assert.deepEqual(texts, [1, '2.0', '1e3', '-0.5', '12345678901234567890', '1.5']);
});

test('parseJson() replaces what is no UTF-8, and single surrogates', () => {
  assert.deepEqual(parseJson(Buffer.from([0x22, 0xff, 0x22])).value, '\ufffd');
  assert.deepEqual(parse('["\\ud83d\\ude00","\\ud83d","\\\\ud83d"]').value, ['😀', '\ufffd', '\\ud83d']);
});

test('parseJson() names syntax errors as Go does', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a": {"b": 1}', 'unexpected end of JSON input'],
    ['{"a": 1,}', `invalid character '}' looking for beginning of object key string`],
    ['not json', `invalid character 'o' in literal null (expecting 'u')`],
    ["{'a': 1}", `invalid character '\\'' looking for beginning of object key string`],
    ['{} trailing', `invalid character 't' after top-level value`],
    ['a: b', `invalid character 'a' looking for beginning of value`],
    ['{"a" 1}', `invalid character '1' after object key`],
    ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
    ['[1 2]', `invalid character '2' after array element`],
    ['01', `invalid character '1' after top-level value`],
    ['"\n"', `invalid character '\\n' in string literal`],
    ['"\\x"', `invalid character 'x' in string escape code`],
    ['\ufeff{}', `invalid character 'ï' looking for beginning of value`],
  ];
  for (const [text, message] of cases) assert.throws(() => parse(text), { name: 'JsonSyntaxError', message }, text);
});

test('parseJson() refuses nesting without end', () => {
  assert.throws(() => parse('['.repeat(100_000)), { message: 'exceeded max depth' });
  assert.equal(parse('['.repeat(900) + ']'.repeat(900)).duplicates.length, 0);
});

test('strictErrors() puts complaints in the order of the text', () => {
  const text = '{"a":1,"x":{"y":1,"y":2},"a":2,"z":1}';
  assert.deepEqual(strictErrors(text, parse(text).duplicates, ['x', 'z']), [
    'unknown field "x"',
    'duplicate field "a"',
    'unknown field "z"',
  ]);
});

test('summarizeBody() shows objects as text and the rest as bytes', () => {
  assert.equal(summarizeBody(Buffer.from('')), '<empty>');
  assert.equal(summarizeBody(Buffer.from('[]')), '5b5d');
  assert.equal(summarizeBody(Buffer.from(`{"a":"${'x'.repeat(40)}"}`)), `{"a":"${'x'.repeat(24)} ...`);
});
