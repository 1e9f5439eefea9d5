import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IPAddress, ServiceCIDR } from '../../groups/networking.v1.ts';
import {
  addressNameErrors,
  ipAddressErrors,
  ipAddressUpdateErrors,
  serviceCidrErrors,
  serviceCidrUpdateErrors,
} from './service-cidr-errors.ts';

const range = (...cidrs: readonly string[]): ServiceCIDR =>
  ({ metadata: { name: 'r' }, spec: { cidrs } }) as unknown as ServiceCIDR;
const address = (parentRef?: object): IPAddress =>
  ({ metadata: { name: '10.0.0.1' }, spec: { parentRef } }) as unknown as IPAddress;
const texts = (errors: readonly { readonly field: string; readonly message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);

test('serviceCidrErrors() wants one range, or one of each family', () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [[], ['spec.cidrs: Required value: at least one CIDR required']],
    [['10.0.0.0/8', 'fd00::/64'], []],
    [
      ['10.0.0.0/8', '11.0.0.0/8', 'fd00::/64'],
      ['spec.cidrs: Invalid value: {"CIDRs":["10.0.0.0/8","11.0.0.0/8","fd00::/64"]}: may only hold up to 2 values'],
    ],
    [
      ['10.0.0.0/8', '11.0.0.0/8'],
      [
        'spec.cidrs: Invalid value: ["10.0.0.0/8","11.0.0.0/8"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
      ],
    ],
    [
      ['x', 'y'],
      ['x', 'y'].map(
        (text, index) =>
          `spec.cidrs[${index}]: Invalid value: "${text}": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
      ),
    ],
    [['FD00::/64'], ['spec.cidrs[0]: Invalid value: "FD00::/64": must be in canonical form ("fd00::/64")']],
    [['fd00::1/64'], ['spec.cidrs[0]: Invalid value: "fd00::1/64": must not have bits set beyond the prefix length']],
  ];
  for (const [cidrs, expected] of cases) assert.deepEqual(texts(serviceCidrErrors(range(...cidrs))), expected);
});

test('serviceCidrUpdateErrors() lets a second family come, and nothing else', () => {
  const old = range('10.0.0.0/8');
  assert.deepEqual(serviceCidrUpdateErrors(range('10.0.0.0/8', 'fd00::/64'), old), []);
  assert.deepEqual(texts(serviceCidrUpdateErrors(range('11.0.0.0/8'), old)), [
    'spec.cidrs[0]: Invalid value: "11.0.0.0/8": field is immutable',
  ]);
  assert.deepEqual(texts(serviceCidrUpdateErrors(old, range('10.0.0.0/8', 'fd00::/64'))), [
    'spec.cidrs: Invalid value: ["10.0.0.0/8"]: field is immutable',
  ]);
  assert.equal(serviceCidrUpdateErrors(range('11.0.0.0/8', '12.0.0.0/8'), old).length, 2);
});

test('ipAddressErrors() wants an owner, which stays', () => {
  assert.deepEqual(texts(ipAddressErrors(address())), ['spec.parentRef: Required value']);
  assert.deepEqual(texts(ipAddressErrors(address({ resource: '', name: 'a/b', namespace: '..' }))), [
    'spec.parentRef.resource: Required value',
    'spec.parentRef.name: Invalid value: "a/b": may not contain \'/\'',
    'spec.parentRef.namespace: Invalid value: "..": may not be \'..\'',
  ]);
  const old = address({ resource: 'services', name: 'a', namespace: 'n' });
  assert.deepEqual(texts(ipAddressUpdateErrors(address({ resource: 'services', name: 'b', namespace: 'n' }), old)), [
    'spec.parentRef: Invalid value: {"Group":"","Resource":"services","Namespace":"n","Name":"b"}: field is immutable',
  ]);
  assert.deepEqual(texts(ipAddressUpdateErrors(address(), old)), [
    'spec.parentRef: Invalid value: null: field is immutable',
  ]);
  assert.deepEqual(addressNameErrors('10.0.0.01'), ['must not have leading 0s']);
  assert.deepEqual(addressNameErrors('2001:DB8::1'), ['must be in canonical form ("2001:db8::1")']);
});
