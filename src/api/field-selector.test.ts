import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldSelector, matchesFields, parseFieldSelector } from './field-selector.ts';

test('parseFieldSelector() reads terms, sorted, and unescapes values', () => {
  assert.deepEqual(parseFieldSelector('b!=2,a==x\\,y\\=z\\\\,,c='), [
    { field: 'a', operator: '=', value: 'x,y=z\\' },
    { field: 'b', operator: '!=', value: '2' },
    { field: 'c', operator: '=', value: '' },
  ]);
  assert.deepEqual(parseFieldSelector(''), []);
  assert.equal(formatFieldSelector(parseFieldSelector('a=x\\,y')), 'a=x\\,y');
});

test('parseFieldSelector() refuses what it cannot read', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['metadata.name', `invalid selector: 'metadata.name'; can't understand 'metadata.name'`],
    ['metadata.name in (a)', `invalid selector: 'metadata.name in (a)'; can't understand 'metadata.name in (a)'`],
    ['metadata.name=a\\q', 'invalid field selector: invalid escape sequence: \\q'],
    ['metadata.name=a\\', 'invalid field selector: invalid escape sequence: \\'],
    ['metadata.name=a=b', 'invalid field selector: unescaped character in value: 61'],
  ];
  for (const [text, message] of cases)
    assert.throws(() => parseFieldSelector(text), { name: 'SelectorError', message });
});

test('matchesFields() takes a missing field as empty', () => {
  const fields = { 'spec.nodeName': '', 'status.phase': 'Running' };
  assert.ok(matchesFields(parseFieldSelector('spec.nodeName=,status.phase!=Pending'), fields));
  assert.ok(!matchesFields(parseFieldSelector('status.phase=Pending'), fields));
});
