import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WriteContext } from '../../descriptor.ts';
import type { Endpoints } from '../../groups/core.v1.ts';
import { endpointsDescriptor } from './endpoints.ts';
import { endpointsErrors } from './endpoints-errors.ts';

const errorsOf = (...subsets: readonly object[]): string[] =>
  endpointsErrors({ metadata: { name: 'e', namespace: 'n' }, subsets } as unknown as Endpoints).map(
    ({ field, message }) => `${field}: ${message}`,
  );

test('endpointsErrors() tells of addresses, then of ports', () => {
  const addresses = [{ ip: '10.0.0.1' }];
  const port = { port: 80, protocol: 'TCP' };
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{}, ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`']],
    [
      { notReadyAddresses: [{ ip: '169.254.1.1' }] },
      [
        'subsets[0].notReadyAddresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      ],
    ],
    [
      { addresses: [{ ip: 'x' }] },
      [
        'subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address',
      ],
    ],
    [{ addresses, ports: [port, { ...port, name: 'b' }] }, ['subsets[0].ports[0].name: Required value']],
    [
      { addresses, ports: [{ port: 0, protocol: 'ICMP' }] },
      [
        'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'subsets[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
  ];
  for (const [subset, expected] of cases) assert.deepEqual(errorsOf(subset), expected);
});

test('endpointsDescriptor warns of odd addresses unless the controller wrote them', () => {
  const context: WriteContext = { nowMs: 0, user: 'u', groups: [], subresource: '' };
  const warnings = (labels: Record<string, string>): readonly unknown[] | undefined => {
    const subsets = [{ notReadyAddresses: [{ ip: '2001:DB8::1' }] }];
    return endpointsDescriptor.warnings?.(
      { metadata: { labels }, subsets } as unknown as Endpoints,
      undefined,
      context,
    );
  };
  assert.deepEqual(warnings({}), [
    'subsets[0].notReadyAddresses[0].ip: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
  ]);
  assert.deepEqual(warnings({ 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' }), []);
});
