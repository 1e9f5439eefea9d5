import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft, WriteContext } from '../../descriptor.ts';
import type { EndpointSlice } from '../../groups/discovery.v1.ts';
import { endpointSliceErrors, endpointSliceUpdateErrors } from './endpoint-slice-errors.ts';
import { endpointSliceDescriptor } from './endpoint-slice.ts';

const slice = (parts: object): EndpointSlice =>
  ({
    metadata: { name: 's', namespace: 'n' },
    addressType: 'IPv4',
    endpoints: [],
    ...parts,
  }) as unknown as EndpointSlice;
const texts = (errors: readonly { readonly field: string; readonly message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const one = (endpoint: object, addressType = 'IPv4'): EndpointSlice =>
  slice({ addressType, endpoints: [{ addresses: ['10.0.0.1'], ...endpoint }] });

test('endpointSliceErrors() tells of addresses of another family or of none', () => {
  const cases: readonly (readonly [EndpointSlice, readonly string[]])[] = [
    [slice({ addressType: '' }), ['addressType: Required value']],
    [slice({ addressType: 'IP' }), ['addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"']],
    [one({ addresses: [] }), ['endpoints[0].addresses: Required value: must contain at least 1 address']],
    [
      one({ addresses: ['::1'] }),
      [
        'endpoints[0].addresses: Invalid value: "::1": must be an IPv4 address',
        'endpoints[0].addresses[0]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      ],
    ],
    [one({ addresses: ['a.b.'] }, 'FQDN'), []],
    [one({ addresses: [''] }, 'FQDN'), ['endpoints[0].addresses[0]: Required value']],
    [
      one({ addresses: ['a.'] }, 'FQDN'),
      [
        'endpoints[0].addresses[0]: Invalid value: "a": should be a domain with at least two segments separated by dots',
      ],
    ],
    [
      one({ addresses: [`${'a'.repeat(64)}.b`] }, 'FQDN'),
      [`endpoints[0].addresses[0]: Invalid value: "${'a'.repeat(64)}": must be no more than 63 characters`],
    ],
  ];
  for (const [object, expected] of cases) assert.deepEqual(texts(endpointSliceErrors(object)), expected);
  const many = { addresses: Array.from({ length: 101 }, () => '10.0.0.1') };
  assert.deepEqual(texts(endpointSliceErrors(one(many))), [
    'endpoints[0].addresses: Too many: 101: must have at most 100 items',
  ]);
  assert.deepEqual(texts(endpointSliceErrors(slice({ endpoints: Array.from({ length: 1001 }, () => ({})) }))), [
    'endpoints: Too many: 1001: must have at most 1000 items',
  ]);
});

test('endpointSliceErrors() looks at hints', () => {
  const zone = { name: 'a' };
  assert.deepEqual(
    texts(endpointSliceErrors(one({ hints: { forZones: [zone, zone], forNodes: [{ name: '' }] } }))).map((text) =>
      text.slice(0, 60),
    ),
    [
      'endpoints[0].hints.forZones[1].name: Duplicate value: "a"',
      'endpoints[0].hints.forNodes[0].name: Invalid value: "": a lo',
    ],
  );
  assert.deepEqual(texts(endpointSliceErrors(one({ hints: { forZones: Array.from({ length: 9 }, () => zone) } }))), [
    'endpoints[0].hints.forZones: Too many: 9: must have at most 8 items',
  ]);
});

test('endpointSliceErrors() wants ports with names of their own', () => {
  const port = { name: 'web', protocol: 'TCP' };
  assert.deepEqual(texts(endpointSliceErrors(slice({ ports: [port, { ...port, protocol: 'ICMP' }] }))), [
    'ports[1].name: Duplicate value: "web"',
    'ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
  ]);
});

test('endpointSliceUpdateErrors() keeps addresses as they were written, and the type', () => {
  const old = one({ addresses: ['010.0.0.1'] });
  assert.deepEqual(endpointSliceUpdateErrors(old, slice({})).length, 1);
  assert.deepEqual(texts(endpointSliceUpdateErrors(slice({ addressType: 'IPv6' }), slice({}))), [
    'addressType: Invalid value: "IPv6": field is immutable',
  ]);
});

test('endpointSliceDescriptor drops the topology of older versions', () => {
  const draft = one({ deprecatedTopology: { a: 'b' } }) as Draft<EndpointSlice>;
  const context: WriteContext = { nowMs: 0, user: 'u', groups: [], subresource: '' };
  endpointSliceDescriptor.prepareForCreate?.(draft, context);
  assert.deepEqual(draft.endpoints, [{ addresses: ['10.0.0.1'] }]);
});

test('endpointSliceDescriptor warns of names at first, and of odd addresses unless a controller wrote them', () => {
  const context: WriteContext = { nowMs: 0, user: 'u', groups: [], subresource: '' };
  const warnings = (made: EndpointSlice, old?: EndpointSlice): readonly unknown[] | undefined =>
    endpointSliceDescriptor.warnings?.(made, old, context);
  const named = { ...one({ addresses: ['a.b'] }, 'FQDN'), metadata: { name: 's' } } as EndpointSlice;
  assert.deepEqual(warnings(named), ['spec.addressType: FQDN endpoints are deprecated']);
  assert.deepEqual(warnings(named, named), []);
  const labels = { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
  const odd = { ...one({ addresses: ['2001:DB8::1'] }, 'IPv6'), metadata: { name: 's' } } as EndpointSlice;
  assert.deepEqual(warnings(odd), [
    'endpoints[0].addresses[0]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
  ]);
  assert.deepEqual(warnings({ ...odd, metadata: { ...odd.metadata, labels } }), []);
});
