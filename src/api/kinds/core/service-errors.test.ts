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
