import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../../descriptor.ts';
import type { Pod, PodSpec } from '../../groups/core.v1.ts';
import { podOnlyDefaults, podSpecDefaults } from './defaults.ts';
import { podSpecErrors } from './spec.ts';

function errorsOf(more: object, container: object = {}): string[] {
  const spec = {
    containers: [{ name: 'c', image: 'i:1', resources: {}, ...container }],
    ...more,
  } as unknown as Draft<PodSpec>;
  podSpecDefaults(spec);
  podOnlyDefaults(spec);
  return podSpecErrors(spec as PodSpec, 'spec').map(({ field, message }) => `${field}: ${message}`);
}

const sized = (name: string): object => ({
  name,
  image: 'i:1',
  resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }],
});

test('podSpecErrors() accepts a plain pod', () => {
  assert.deepEqual(errorsOf({}), []);
});

test('podSpecErrors() refuses bad containers', () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ name: '' }, 'spec.containers[0].name: Required value'],
    [{ name: 'a.b' }, 'spec.containers[0].name: Invalid value: "a.b": must not contain dots'],
    [{ image: '' }, 'spec.containers[0].image: Required value'],
    [{ ports: [{}] }, 'spec.containers[0].ports[0].containerPort: Required value'],
    [{ env: [{ name: '' }] }, 'spec.containers[0].env[0].name: Required value'],
    [{ livenessProbe: {} }, 'spec.containers[0].livenessProbe: Required value: must specify a handler type'],
    [
      { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } },
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      { resources: { requests: { 'example.com/gpu': '1' } } },
      'spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources',
    ],
    [
      { env: [{ name: 'A', valueFrom: { fileKeyRef: { key: 'K', path: '/a', volumeName: 'v' } } }] },
      'spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName: Not found: "v"',
    ],
    [{ volumeMounts: [{ name: 'v', mountPath: '/x' }] }, 'spec.containers[0].volumeMounts[0].name: Not found: "v"'],
  ];
  for (const [container, text] of cases) assert.deepEqual(errorsOf({}, container), [text]);
});

test('podSpecErrors() tells of a readiness probe that it has no grace, and of the grace', () => {
  const readinessProbe = { tcpSocket: { port: 1 }, terminationGracePeriodSeconds: 0 };
  const at = 'spec.containers[0].readinessProbe.terminationGracePeriodSeconds';
  assert.deepEqual(errorsOf({}, { readinessProbe }), [
    `${at}: Invalid value: 0: must be greater than 0`,
    `${at}: Invalid value: 0: must not be set for readinessProbes`,
  ]);
});

test('podSpecErrors() refuses bad settings of the pod', () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ containers: [] }, 'spec.containers: Required value'],
    [
      { restartPolicy: 'X' },
      'spec.restartPolicy: Unsupported value: "X": supported values: "Always", "OnFailure", "Never"',
    ],
    [{ dnsPolicy: 'None' }, 'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
    [
      { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }] },
      'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
    ],
    [{ hostUsers: false, hostNetwork: true }, 'spec.hostNetwork: Forbidden: when `hostUsers` is false'],
    [{ os: { name: '' } }, 'spec.os.name: Required value'],
    [
      { hostnameOverride: 'a', setHostnameAsFQDN: true },
      'spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true',
    ],
    [
      {
        initContainers: [
          { name: 'i', image: 'i:1' },
          { name: 'j', image: 'i:1', ports: [1, 2].map((containerPort) => ({ containerPort, hostPort: 5 })) },
        ],
      },
      'spec.initContainers[0].ports[1].hostPort: Duplicate value: "TCP//5"',
    ],
    [
      { dnsConfig: { searches: ['.', 'a_b.', `${'a'.repeat(254)}.`] } },
      `spec.dnsConfig.searches[2]: Invalid value: "${'a'.repeat(254)}": must be no more than 253 characters`,
    ],
    [{ hostnameOverride: 'a'.repeat(65) }, 'spec.hostnameOverride: Too long: may not be more than 64 bytes'],
    [
      { restartPolicy: 'Never', containers: [sized('c')] },
      "spec.containers[0].resizePolicy: Invalid value: \"RestartContainer\": must be 'NotRequired' when pod `restartPolicy` is 'Never'",
    ],
    [
      { initContainers: [sized('i')] },
      'spec.initContainers[0].resizePolicy[0].restartPolicy: Invalid value: "RestartContainer": must not be set to \'RestartContainer\' for non-sidecar initContainers',
    ],
    [
      { initContainers: [{ name: 'i', image: 'i:1', restartPolicyRules: [{ action: 'Restart' }] }] },
      'spec.initContainers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used',
    ],
    [
      {
        hostUsers: false,
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'v' } }],
        containers: [{ name: 'c', image: 'i:1', volumeDevices: [{ name: 'v', devicePath: '/v' }] }],
      },
      'spec.containers[0].volumeDevices: Forbidden: when `hostUsers` is false',
    ],
    [
      { activeDeadlineSeconds: 0 },
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
  ];
  for (const [spec, text] of cases) assert.deepEqual(errorsOf(spec), [text]);
});

test('podSpecErrors() refuses claims of static pods', () => {
  const spec = { containers: [], resourceClaims: [{ name: 'a' }] } as unknown as PodSpec;
  const metadata = { name: 'p', annotations: { 'kubernetes.io/config.mirror': 'x' } } as unknown as Pod['metadata'];
  const [error] = podSpecErrors(spec, 'spec', metadata);
  assert.equal(`${error?.field}: ${error?.message}`, '[]: Forbidden: static pods do not support resource claims');
});
