import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressProblem, networkProblem } from './address-problem.ts';

const addresses: readonly (readonly [text: string, why: string | undefined])[] = [
  ['10.0.0.1', undefined],
  ['::', undefined],
  ['fe80::1%eth0', undefined],
  ['::ffff:10.0.0.1', undefined],
  ['1:2:3:4:5:6:7:8', undefined],
  ['', 'unable to parse IP'],
  ['ten', 'unable to parse IP'],
  ['%eth0', 'missing IPv6 address'],
  ['10.0.0', 'IPv4 address too short'],
  ['10.0.0.1.2', 'IPv4 address too long'],
  ['10.0.0.256', 'IPv4 field has value >255'],
  ['10.0.00.1', 'IPv4 field has octet with leading zero'],
  ['10..0.1', 'IPv4 field must have at least one digit (at ".0.1")'],
  ['10.0.0.', 'IPv4 field must have at least one digit (at ".")'],
  ['10.0.0.x', 'unexpected character (at "x")'],
  ['1:2', 'address string too short'],
  ['::1::', 'multiple :: in address (at ":")'],
  ['1:2:3:4:5:6:7:8:9', 'trailing garbage after address (at "9")'],
  ['1:2:3:4:5:6:7::8', 'the :: must expand to at least one field of zeros'],
  ['12345::', 'each group must have 4 or fewer digits (at "12345::")'],
  ['1:', 'colon must be followed by more characters (at ":")'],
  ['fe80::%', 'zone must be a non-empty string'],
  ['1:2:10.0.0.1', 'embedded IPv4 address must replace the final 2 fields of the address (at "10.0.0.1")'],
];

for (const [text, why] of addresses) {
  test(`addressProblem() says of ${JSON.stringify(text)} what Go says`, () => {
    assert.equal(addressProblem(text), why === undefined ? undefined : `ParseAddr(${JSON.stringify(text)}): ${why}`);
  });
}

const networks: readonly (readonly [text: string, why: string | undefined])[] = [
  ['10.0.0.0/8', undefined],
  ['::/0', undefined],
  ['10.0.0.0', "no '/'"],
  ['10.0.0/8', 'ParseAddr("10.0.0"): IPv4 address too short'],
  ['10.0.0.0/33', 'prefix length out of range'],
  ['10.0.0.0/08', 'bad bits after slash: "08"'],
  ['10.0.0.0/', 'bad bits after slash: ""'],
  ['fe80::%a/8', 'IPv6 zones cannot be present in a prefix'],
];

for (const [text, why] of networks) {
  test(`networkProblem() says of ${JSON.stringify(text)} what Go says`, () => {
    const expected = why === undefined ? undefined : `netip.ParsePrefix(${JSON.stringify(text)}): ${why}`;
    assert.equal(networkProblem(text), expected);
  });
}
