import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodSpec } from '../../groups/core.v1.ts';
import { podResizeErrors, resizedSpec } from './resize.ts';

const resources = (cpu: string, limit?: string): object => ({
  requests: { cpu },
  ...(limit === undefined ? {} : { limits: { cpu: limit } }),
});
const pod = (spec: object, more: object = {}): Pod =>
  ({
    metadata: { name: 'p', namespace: 'n' },
    spec: { containers: [{ name: 'c', image: 'i', resources: resources('1') }], ...spec },
    status: { qosClass: 'Burstable' },
    ...more,
  }) as unknown as Pod;
const resize = (spec: object, old: Pod = pod({})): string[] =>
  podResizeErrors(pod(spec), old, []).map(({ field, message }) => `${field}: ${message}`);
const container = (more: object): object => ({ containers: [{ name: 'c', image: 'i', ...more }] });

test('podResizeErrors() takes other amounts of processor and memory, and nothing else', () => {
  const only = 'spec: Forbidden: only cpu and memory resources are mutable';
  const requests = (more: object): object => container({ resources: { requests: { cpu: '1', ...more } } });
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [container({ resources: resources('2') }), []],
    [requests({ memory: '1Gi' }), []],
    [requests({ 'ephemeral-storage': '1Gi' }), [only]],
    [container({ resources: resources('2'), image: 'j' }), [only]],
    [{ hostNetwork: true }, [only]],
    [{ resources: { requests: { cpu: '1' } } }, []],
    [{ resources: { limits: { 'hugepages-2Mi': '2Mi' } } }, [`${only} at pod-level`]],
    [
      container({ resources: { requests: { memory: '1Gi' } } }),
      ['spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed'],
    ],
    [
      { containers: [{ name: 'd', image: 'i', resources: resources('1') }] },
      ['spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize'],
    ],
    [
      {
        containers: [
          { name: 'c', image: 'i', resources: resources('1') },
          { name: 'd', image: 'i' },
        ],
      },
      ['spec.containers: Forbidden: containers may not be added or removed on resize'],
    ],
  ];
  for (const [spec, expected] of cases) assert.deepEqual(resize(spec), expected);
});

test('podResizeErrors() refuses to resize a container that has claims', () => {
  const claiming = (cpu: string): object => container({ resources: { requests: { cpu }, claims: [{ name: 'gpu' }] } });
  assert.deepEqual(resize(claiming('2'), pod(claiming('1'))), [
    'spec: Forbidden: only cpu and memory resources are mutable',
  ]);
});

test('podResizeErrors() keeps the class of service, and pods that no server can resize', () => {
  const exact = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } };
  assert.deepEqual(resize(container({ resources: exact })), [
    'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
  ]);
  const mirror = { name: 'p', namespace: 'n', annotations: { 'kubernetes.io/config.mirror': 'x' } };
  assert.deepEqual(resize({}, pod({}, { metadata: mirror })), ['[]: Forbidden: static pods cannot be resized']);
  assert.deepEqual(resize({}, pod({ os: { name: 'windows' } })), ['[]: Forbidden: windows pods cannot be resized']);
  const running = { containerStatuses: [{ name: 'c', state: { running: {} } }], qosClass: 'Burstable' };
  assert.deepEqual(resize({}, pod({}, { status: running })), [
    'spec: Forbidden: Pod running on node without support for resize',
  ]);
});

test('resizedSpec() takes only resources and policies from what is wanted', () => {
  const old = pod({ hostNetwork: true }).spec;
  const policy = [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }];
  const wanted = pod(container({ image: 'j', resources: resources('2'), resizePolicy: policy })).spec;
  assert.deepEqual(resizedSpec(wanted, old), {
    hostNetwork: true,
    containers: [{ name: 'c', image: 'i', resources: resources('2'), resizePolicy: policy }],
  } as unknown as PodSpec);
});
