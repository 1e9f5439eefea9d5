import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasFormat } from './formats.ts';

const examples: Readonly<Record<string, { readonly good: readonly string[]; readonly bad: readonly string[] }>> = {
  'date-time': {
    good: ['2020-01-01T00:00:00Z', '2020-01-01T00:00:00.123456+02:00'],
    bad: ['today', '2020-01-01 00:00:00', '2020-01-01T25:00:00Z'],
  },
  date: { good: ['2020-12-01'], bad: ['2020-13-01', '2021-02-29'] },
  duration: { good: ['1h30m', '2 weeks', '0'], bad: ['1 fortnight', ''] },
  ipv4: { good: ['10.1.1.1'], bad: ['300.1.1.1', '::1'] },
  ipv6: { good: ['::1'], bad: ['10.0.0.1'] },
  cidr: { good: ['10.0.0.0/8', 'fd00::/64'], bad: ['10.0.0.0', '10.0.0.0/33'] },
  mac: { good: ['00:00:5e:00:53:01'], bad: ['q'] },
  uri: { good: ['https://x/', '/path'], bad: ['::', 'a b'] },
  hostname: { good: ['host', 'example.com'], bad: ['-a', 'a.b'] },
  email: { good: ['a@b.c'], bad: ['nobody'] },
  uuid: { good: ['0f8fad5b-d9cb-469f-a165-70867728950e'], bad: ['x'] },
  byte: { good: ['aGk='], bad: ['*'] },
  hexcolor: { good: ['#fff'], bad: ['red'] },
  isbn: { good: ['978-3-16-148410-0', '0-306-40615-2'], bad: ['123'] },
  creditcard: { good: ['4111 1111 1111 1111'], bad: ['4111 1111 1111 1112'] },
  'k8s-short-name': { good: ['ab'], bad: ['a.b'] },
  'k8s-long-name': { good: ['a.b'], bad: ['A_b'] },
  'nobody-knows-it': { good: ['anything'], bad: [] },
};

for (const [format, { good, bad }] of Object.entries(examples)) {
  test(`hasFormat() knows ${format}`, () => {
    for (const text of good) assert.equal(hasFormat(format, text), true, text);
    for (const text of bad) assert.equal(hasFormat(format, text), false, text);
  });
}
