import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../groups/core.v1.ts';
import { podReason, podTable } from './table.ts';

const nowMs = Date.parse('2020-01-01T01:00:00Z');

interface Given {
  readonly spec?: object;
  readonly status?: object;
  readonly metadata?: object;
}

function pod({ spec = {}, status = {}, metadata = {} }: Given): Pod {
  const made = { containers: [{ name: 'c', resources: {} }], ...spec };
  return {
    metadata: { name: 'p', creationTimestamp: '2020-01-01T00:00:00Z', ...metadata },
    spec: made,
    status: { phase: 'Running', ...status },
  } as unknown as Pod;
}

const container = (state: object, more: object = {}): object => ({
  name: 'c',
  ready: false,
  restartCount: 0,
  state,
  ...more,
});

test('podReason() draws one word from what the containers say', () => {
  const cases: readonly (readonly [Given, string])[] = [
    [{ status: { phase: 'Pending' } }, 'Pending'],
    [{ status: { containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })] } }, 'CrashLoopBackOff'],
    [{ status: { containerStatuses: [container({ terminated: { exitCode: 0, reason: 'Completed' } })] } }, 'Completed'],
    [{ status: { containerStatuses: [container({ terminated: { exitCode: 3 } })] } }, 'ExitCode:3'],
    [{ status: { containerStatuses: [container({ terminated: { exitCode: 137, signal: 9 } })] } }, 'Signal:9'],
    [{ metadata: { deletionTimestamp: '2020-01-01T00:00:00Z' } }, 'Terminating'],
    [{ metadata: { deletionTimestamp: '2020-01-01T00:00:00Z' }, status: { reason: 'NodeLost' } }, 'Unknown'],
    [{ status: { reason: 'Evicted', phase: 'Failed' } }, 'Evicted'],
  ];
  for (const [given, reason] of cases) assert.equal(podReason(pod(given)), reason);
});

test('podReason() counts init containers while they run', () => {
  const spec = { initContainers: [{ name: 'i' }, { name: 'j' }] };
  const done = container({ terminated: { exitCode: 0 } }, { name: 'i' });
  const statuses = (...initContainerStatuses: object[]): Given => ({ spec, status: { initContainerStatuses } });
  assert.equal(podReason(pod(statuses(done, container({ running: {} }, { name: 'j' })))), 'Init:1/2');
  assert.equal(podReason(pod(statuses(container({ waiting: { reason: 'ErrImagePull' } })))), 'Init:ErrImagePull');
  assert.equal(podReason(pod(statuses(container({ terminated: { exitCode: 1, reason: 'Error' } })))), 'Init:Error');
});

test('podTable counts what init containers do until they are past', () => {
  const sidecar = { name: 's', restartPolicy: 'Always' };
  const runs = container({ running: {} }, { name: 's', started: true, ready: true, restartCount: 1 });
  const waits = container({ waiting: {} }, { name: 'i', restartCount: 3 });
  const main = container({ terminated: { exitCode: 1, reason: 'Error' } }, { restartCount: 5 });
  const shown = (initContainers: object[], initContainerStatuses: object[], conditions: object[] = []): unknown =>
    podTable
      .cells(
        pod({ spec: { initContainers }, status: { initContainerStatuses, containerStatuses: [main], conditions } }),
        0,
      )
      .slice(1, 4);
  assert.deepEqual(shown([sidecar, { name: 'i' }], [runs, waits]), ['1/2', 'Init:1/2', '4']);
  assert.deepEqual(shown([{ name: 'i' }, sidecar], [waits, runs]), ['0/2', 'Init:0/2', '3']);
  const isPast = { type: 'Initialized', status: 'True' };
  assert.deepEqual(shown([{ name: 'i' }, sidecar], [waits, runs], [isPast]), ['0/2', 'Error', '5']);
});

test('podTable shows ready containers and the last restart', () => {
  const running = pod({
    status: {
      podIPs: [{ ip: '10.0.0.1' }],
      containerStatuses: [
        container(
          { running: {} },
          {
            ready: true,
            restartCount: 2,
            lastState: { terminated: { exitCode: 1, finishedAt: '2020-01-01T00:55:00Z' } },
          },
        ),
      ],
    },
    spec: { nodeName: 'n1' },
  });
  assert.deepEqual(podTable.cells(running, nowMs), [
    'p',
    '1/1',
    'Running',
    '2 (5m ago)',
    '60m',
    '10.0.0.1',
    'n1',
    '<none>',
    '<none>',
  ]);
});

test('podTable marks the rows of pods that have ended', () => {
  const reasons = ['Running', 'Succeeded', 'Failed'].map((phase) => {
    return podTable.conditions?.(pod({ status: { phase } })).map(({ type, status, reason }) => [type, status, reason]);
  });
  assert.deepEqual(reasons, [[], [['Completed', 'True', 'Succeeded']], [['Completed', 'True', 'Failed']]]);
});
