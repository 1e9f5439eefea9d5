import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WriteContext } from '../../descriptor.ts';
import type { NetworkPolicy } from '../../groups/networking.v1.ts';
import { networkPolicyDescriptor } from './network-policy.ts';
import { networkPolicyErrors, networkPolicyUpdateErrors } from './network-policy-errors.ts';

const policy = (spec: object): NetworkPolicy =>
  ({ metadata: { name: 'p', namespace: 'n' }, spec: { podSelector: {}, ...spec } }) as unknown as NetworkPolicy;
const texts = (errors: readonly { readonly field: string; readonly message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);

test('networkPolicyErrors() tells of ports, then of ends of ranges', () => {
  const at = 'spec.ingress[0].ports[0]';
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ protocol: 'X' }, [`${at}.protocol: Unsupported value: "X": supported values: "TCP", "UDP", "SCTP"`]],
    [{ endPort: 3 }, [`${at}.endPort: Invalid value: 3: may not be specified when \`port\` is not specified`]],
    [
      { port: 'web', endPort: 3 },
      [`${at}.endPort: Invalid value: 3: may not be specified when \`port\` is non-numeric`],
    ],
    [
      { port: 0, endPort: 70_000 },
      [
        `${at}.port: Invalid value: 0: must be between 1 and 65535, inclusive`,
        `${at}.endPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
      ],
    ],
    [
      { port: 5, endPort: 0 },
      [
        `${at}.endPort: Invalid value: 5: must be greater than or equal to \`port\``,
        `${at}.endPort: Invalid value: 0: must be between 1 and 65535, inclusive`,
      ],
    ],
  ];
  for (const [port, expected] of cases) {
    assert.deepEqual(texts(networkPolicyErrors(policy({ ingress: [{ ports: [port] }] }))), expected);
  }
});

test('networkPolicyErrors() wants one kind of peer, and exceptions inside of their range', () => {
  const at = 'spec.egress[0].to[0]';
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{}, [`${at}: Required value: must specify a peer`]],
    [
      { podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } },
      [`${at}: Forbidden: may not specify both ipBlock and another peer`],
    ],
    [{ ipBlock: { cidr: '' } }, [`${at}.ipBlock.cidr: Required value`]],
    [
      { ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16', '10.1.0.0/16', '10.0.0.0/8'] } },
      [
        `${at}.ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of \`cidr\``,
        `${at}.ipBlock.except[2]: Invalid value: "10.0.0.0/8": must be a strict subset of \`cidr\``,
      ],
    ],
    [
      { ipBlock: { cidr: '2001:db8::/32', except: ['2001:db9::/48', '2001:db8:1::/48'] } },
      [`${at}.ipBlock.except[0]: Invalid value: "2001:db9::/48": must be a strict subset of \`cidr\``],
    ],
  ];
  for (const [peer, expected] of cases) {
    assert.deepEqual(texts(networkPolicyErrors(policy({ egress: [{ to: [peer] }] }))), expected);
  }
  assert.deepEqual(texts(networkPolicyErrors(policy({ policyTypes: ['Both'] }))), [
    'spec.policyTypes[0]: Unsupported value: "Both": supported values: "Ingress", "Egress"',
  ]);
});

test('networkPolicyUpdateErrors() keeps ranges and values of labels that were wrong before', () => {
  const block = { ipBlock: { cidr: '10.0.0.1/8' } };
  const old = policy({ ingress: [{ from: [block] }] });
  assert.deepEqual(networkPolicyUpdateErrors(policy({ egress: [{ to: [block] }] }), old), []);
  assert.equal(networkPolicyUpdateErrors(old, policy({})).length, 1);
  const podSelector = { matchExpressions: [{ key: 'a', operator: 'In', values: ['-'] }] };
  assert.deepEqual(networkPolicyUpdateErrors(policy({ podSelector }), policy({ podSelector })), []);
  assert.equal(networkPolicyUpdateErrors(policy({ podSelector }), policy({})).length, 1);
});

test('networkPolicyDescriptor warns of ranges that are written in an odd way', () => {
  const ipBlock = { cidr: '2001:DB8::/32', except: ['2001:DB8:1::/48'] };
  const policy = { metadata: { name: 'p' }, spec: { egress: [{ to: [{ ipBlock }] }] } } as unknown as NetworkPolicy;
  const context: WriteContext = { nowMs: 0, user: 'u', groups: [], subresource: '' };
  const odd = (field: string, value: string): string =>
    `spec.egress[0].to[0].ipBlock.${field}: IPv6 CIDR value "${value}" should be in RFC 5952 canonical format ("${value.toLowerCase()}")`;
  assert.deepEqual(networkPolicyDescriptor.warnings?.(policy, undefined, context), [
    odd('cidr', '2001:DB8::/32'),
    odd('except[0]', '2001:DB8:1::/48'),
  ]);
});
