import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft, WriteContext } from '../../descriptor.ts';
import type { Service } from '../../groups/core.v1.ts';
import { serviceDescriptor } from './service.ts';

const context: WriteContext = { nowMs: 0, user: 'u', groups: [], subresource: '' };

function made(spec: object): Service {
  const draft = {
    metadata: { name: 's', namespace: 'n' },
    spec: { ports: [{ port: 80 }], ...spec },
  } as unknown as Draft<Service>;
  serviceDescriptor.defaults?.(draft);
  serviceDescriptor.prepareForCreate?.(draft, context);
  return draft as Service;
}

const errorsOf = (service: Service): string[] =>
  (serviceDescriptor.validateCreate?.(service, context) ?? []).map(({ field, message }) => `${field}: ${message}`);

test('serviceDescriptor fills in ports, families and policies', () => {
  const { spec } = made({});
  assert.deepEqual(spec.ports, [{ port: 80, protocol: 'TCP', targetPort: 80 }]);
  assert.deepEqual([spec.type, spec.ipFamilies, spec.ipFamilyPolicy], ['ClusterIP', ['IPv4'], 'SingleStack']);
  assert.equal(made({ type: 'ExternalName', externalName: 'x', ports: [] }).spec.ipFamilies, undefined);
});

test('serviceDescriptor refuses what cannot work', () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ ports: [] }, 'spec.ports: Required value'],
    [
      { type: 'Mesh' },
      'spec.type: Unsupported value: "Mesh": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
    [{ type: 'ExternalName', ports: [] }, 'spec.externalName: Required value'],
    [
      { externalIPs: ['127.0.0.1'] },
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      { sessionAffinity: 'Cookie' },
      'spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"',
    ],
    [
      { externalTrafficPolicy: 'Local' },
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ],
    [
      { clusterIP: 'abc' },
      'spec.clusterIPs[0]: Invalid value: "abc": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      { type: 'LoadBalancer', ports: [{ port: 10_250 }] },
      'spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet',
    ],
    [{ ipFamilies: ['IPv6'] }, 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
  ];
  for (const [spec, text] of cases) assert.deepEqual(errorsOf(made(spec)), [text]);
});

test('serviceDescriptor keeps the address when an update leaves it out', () => {
  const old = { ...made({}), spec: { ...made({}).spec, clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] } };
  const draft = structuredClone(made({})) as Draft<Service>;
  serviceDescriptor.prepareForUpdate?.(draft, old, context);
  assert.equal(draft.spec.clusterIP, '10.96.0.9');
  assert.deepEqual(draft.spec.clusterIPs, ['10.96.0.9']);
});

const changed = (spec: object, old: object): Service['spec'] => {
  const before = made({});
  const draft = { ...structuredClone(before), spec: { ...structuredClone(before.spec), ...spec } } as Draft<Service>;
  serviceDescriptor.prepareForUpdate?.(draft, { ...before, spec: { ...before.spec, ...old } }, context);
  return draft.spec as Service['spec'];
};

test('serviceDescriptor fills in the list of addresses again when only that is left out', () => {
  const address = { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] };
  assert.deepEqual(changed({ clusterIP: '10.96.0.9' }, address).clusterIPs, ['10.96.0.9']);
});

test('serviceDescriptor keeps node ports by the names of ports', () => {
  const ports = [
    { name: 'a', port: 80, nodePort: 30_001 },
    { name: 'b', port: 81, nodePort: 30_002 },
  ];
  const asked = [
    { name: 'b', port: 90 },
    { name: 'c', port: 80 },
    { name: 'a', port: 91 },
    { name: 'd', port: 92, nodePort: 30_001 },
  ];
  assert.deepEqual(
    changed({ type: 'NodePort', ports: asked }, { type: 'NodePort', ports }).ports?.map(({ nodePort }) => nodePort),
    [30_002, undefined, undefined, 30_001],
  );
});

test('serviceDescriptor drops what the new type has no use for', () => {
  const ports = [{ name: 'a', port: 80, nodePort: 30_001 }];
  const moved = [{ name: 'b', port: 81 }, ...ports];
  assert.deepEqual(
    changed({ ports: moved }, { type: 'NodePort', ports }).ports?.map(({ nodePort }) => nodePort),
    [undefined, undefined],
  );
  const added = [{ port: 80, nodePort: 30_002 }];
  assert.deepEqual(changed({ ports: added }, { type: 'NodePort', ports }).ports, added);
  const closed = changed(
    { externalTrafficPolicy: 'Local' },
    { externalIPs: ['1.2.3.4'], externalTrafficPolicy: 'Local' },
  );
  assert.equal(closed.externalTrafficPolicy, undefined);
});

test('serviceDescriptor warns of the addresses of a status, and of nothing else there', () => {
  const service = {
    ...made({ externalIPs: ['1.2.3.4'] }),
    status: { loadBalancer: { ingress: [{ ip: '2001:DB8::1' }] } },
  };
  assert.deepEqual(serviceDescriptor.warnings?.(service, service, { ...context, subresource: 'status' }), [
    'status.loadBalancer.ingress[0]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
  ]);
});
