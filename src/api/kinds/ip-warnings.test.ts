import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rangeErrorsOf } from './ip-errors.ts';
import { addressWarnings, rangeWarnings } from './ip-warnings.ts';

test('addressWarnings() tells of notations that others read in another way', () => {
  const of = (value: string): readonly string[] => addressWarnings(value, 'f');
  assert.deepEqual(of('10.0.0.1'), []);
  assert.deepEqual(of('2001:db8::1'), []);
  assert.deepEqual(of('2001:DB8:0::1'), [
    'f: IPv6 address "2001:DB8:0::1" should be in RFC 5952 canonical format ("2001:db8::1")',
  ]);
  for (const value of ['010.0.0.1', '::ffff:10.0.0.1']) {
    assert.deepEqual(of(value), [
      `f: non-standard IP address "${value}" will be considered invalid in a future Kubernetes release: use "10.0.0.1"`,
    ]);
  }
});

test('rangeWarnings() tells of bits beyond the prefix', () => {
  assert.deepEqual(rangeWarnings('10.0.0.0/8', 'f'), []);
  assert.deepEqual(rangeWarnings('10.1.2.3/8', 'f'), [
    'f: CIDR value "10.1.2.3/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.1.2.3/32"?)',
  ]);
});

test('rangeErrorsOf() wants ranges in the one right notation', () => {
  const of = (value: string): readonly string[] =>
    rangeErrorsOf(value, 'f').map(({ message }) => message.replace(/^Invalid value: "[^"]*": /, ''));
  assert.deepEqual(of('10.0.0.0/8'), []);
  assert.deepEqual(of('2001:db8::/32'), []);
  assert.deepEqual(of('10.0.0.0/08'), ['must not have leading 0s in IP or prefix length']);
  assert.deepEqual(of('10.1.0.0/8'), ['must not have bits set beyond the prefix length']);
  assert.deepEqual(of('2001:db8::1/32'), ['must not have bits set beyond the prefix length']);
  assert.deepEqual(of('::ffff:10.0.0.0/104'), ['must not have an IPv4-mapped IPv6 address']);
  assert.deepEqual(of('10.0.0.0'), ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']);
});
