import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addressErrors,
  cidrErrors,
  configKeyErrors,
  dns1035LabelErrors,
  environmentNameErrors,
  labelErrors,
  labelValueErrors,
  percentErrors,
  portErrors,
  portNameErrors,
  qualifiedNameErrors,
  subdomainErrors,
} from './names.ts';

const checks: readonly {
  readonly check: (value: string) => readonly string[];
  readonly good: readonly string[];
  readonly bad: readonly string[];
}[] = [
  { check: labelErrors, good: ['a', 'a-1', '0'], bad: ['', 'A', 'a.b', '-a', 'a-', 'a'.repeat(64), 'a\n'] },
  { check: subdomainErrors, good: ['a.b', 'a-1.c'], bad: ['a..b', '.a', 'a_b', 'a'.repeat(254)] },
  { check: dns1035LabelErrors, good: ['a1'], bad: ['1a', ''] },
  { check: labelValueErrors, good: ['', 'A_b.c-1'], bad: ['-', 'a b', 'v'.repeat(64)] },
  { check: qualifiedNameErrors, good: ['a', 'example.com/A_b'], bad: ['', '/a', 'a/', 'a/b/c', 'Bad_Prefix/x'] },
  { check: configKeyErrors, good: ['a', '.a', 'A_b-c'], bad: ['', '.', '..', '..a', 'a/b'] },
  { check: environmentNameErrors, good: ['A', 'a b', '1!'], bad: ['', 'a=b', 'ä'] },
  { check: percentErrors, good: ['0%', '100%'], bad: ['1', '%', '-1%'] },
  { check: portNameErrors, good: ['http', 'a-1'], bad: ['', '1', 'a--b', '-a', 'Http', 'a'.repeat(16)] },
  { check: addressErrors, good: ['1.2.3.4', '::1', '2001:db8::ffff'], bad: ['', '1.2.3', '01.2.3.4', 'fe80::1%eth0'] },
  { check: cidrErrors, good: ['10.0.0.0/8', '::/0'], bad: ['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/08'] },
  { check: (value) => portErrors(Number(value)), good: ['1', '65535'], bad: ['0', '65536'] },
];

test('names, values, ports and addresses are told from others', () => {
  for (const { check, good, bad } of checks) {
    for (const value of good) assert.deepEqual(check(value), [], value);
    for (const value of bad) assert.notDeepEqual(check(value), [], value);
  }
});

test('errors carry the texts of apimachinery', () => {
  assert.deepEqual(labelErrors('A'), [
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  ]);
  assert.deepEqual(qualifiedNameErrors(''), [
    'name part must be non-empty',
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  ]);
  assert.deepEqual(qualifiedNameErrors('a/b/c'), [
    "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
  ]);
  assert.deepEqual(subdomainErrors('a'.repeat(254)), ['must be no more than 253 characters']);
  assert.deepEqual(labelValueErrors('v'.repeat(64)), ['must be no more than 63 bytes']);
  assert.deepEqual(portErrors(0), ['must be between 1 and 65535, inclusive']);
});
