import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../api/codec/decode.ts';
import type { Pod } from '../api/groups/core.v1.ts';
import { Pods } from '../api/resources.ts';
import { formatTime } from '../api/time.ts';
import { Dice } from './dice.ts';
import { PodLife } from './pod-life.ts';
import { usualBehaviour, type Occasion, type PodBehaviour } from './scenario.ts';

const startMs = Date.UTC(2026, 0, 1);
const once: Occasion = { first: { afterMs: 5000, jitterMs: 0 }, every: undefined, chance: 1 };

function podOf(spec: object = {}, metadata: object = {}): Pod {
  return decode(Pods.kind, {
    metadata: { name: 'web', namespace: 'default', uid: 'u1', ...metadata },
    spec: { nodeName: 'sim-0', containers: [{ name: 'main', image: 'nginx' }], ...spec },
    status: { phase: 'Pending' },
  }).value as Pod;
}

/** Follows a pod and tells each status that differs from the one before: `second phase[/container states]`. */
function story(pod: Pod, behaviour: Partial<PodBehaviour>, untilSecond: number, deleteAtSecond = Infinity): string[] {
  const dice = new Dice(1);
  const life = new PodLife(
    pod,
    { behaviour: { ...usualBehaviour, ...behaviour }, dice, nodeIps: ['127.64.0.1'], takeAddress: () => '100.64.0.1' },
    startMs,
  );
  const told: string[] = [];
  let nowMs = startMs;
  for (let step = 0; step < 100 && nowMs <= startMs + untilSecond * 1000; step++) {
    const { status, wakeAtMs, isGone } = life.advance(nowMs);
    const states = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map((each) => {
      const state =
        each.state.running !== undefined ? 'running' : (each.state.waiting?.reason ?? each.state.terminated?.reason);
      return `${each.name} ${state}${each.ready ? ' ready' : ''}${each.restartCount > 0 ? ` x${each.restartCount}` : ''}`;
    });
    const line = `${(nowMs - startMs) / 1000} ${status.reason ?? status.phase} ${states.join(', ')}${isGone ? ' gone' : ''}`;
    if (told.at(-1)?.replace(/^\S+ /, '') !== line.replace(/^\S+ /, '')) told.push(line);
    if (isGone) break;
    life.pod = { ...life.pod, status };
    const deleteAtMs = startMs + deleteAtSecond * 1000;
    nowMs = Math.min(wakeAtMs, nowMs < deleteAtMs ? deleteAtMs : Infinity);
    if (nowMs === Infinity) break;
    if (nowMs >= deleteAtMs) {
      const metadata = { ...life.pod.metadata, deletionTimestamp: formatTime(nowMs), deletionGracePeriodSeconds: 30 };
      life.pod = { ...life.pod, metadata };
    }
  }
  return told;
}

test('PodLife.advance() runs a pod at once when no rule says otherwise', () => {
  assert.deepEqual(story(podOf(), {}, 60), ['0 Running main running ready']);
});

test('PodLife.advance() keeps to the delays of start, readiness and stop', () => {
  const behaviour = {
    start: { afterMs: 2000, jitterMs: 0 },
    ready: { afterMs: 3000, jitterMs: 0 },
    stop: { afterMs: 4000, jitterMs: 0 },
  };
  assert.deepEqual(story(podOf(), behaviour, 60, 20), [
    '0 Pending main ContainerCreating',
    '2 Running main running',
    '5 Running main running ready',
    '24 Succeeded main Completed gone',
  ]);
});

test('PodLife.advance() is no longer than the grace period about stopping', () => {
  const told = story(podOf(), { stop: { afterMs: 300_000, jitterMs: 0 } }, 60, 10);
  assert.equal(told.at(-1), '40 Succeeded main Completed gone');
});

test('PodLife.advance() runs init containers one after the other before the main ones', () => {
  const initContainers = [
    { name: 'a', image: 'i' },
    { name: 'b', image: 'i' },
  ];
  assert.deepEqual(story(podOf({ initContainers }), { initialize: { afterMs: 1000, jitterMs: 0 } }, 60), [
    '0 Pending a running, b PodInitializing, main PodInitializing',
    '1 Pending a Completed ready, b running, main PodInitializing',
    '2 Running a Completed ready, b Completed ready, main running ready',
  ]);
});

test('PodLife.advance() waits for probes with an initial delay', () => {
  const readinessProbe = { initialDelaySeconds: 7, httpGet: { path: '/', port: 80 } };
  assert.deepEqual(story(podOf({ containers: [{ name: 'main', readinessProbe }] }), {}, 60), [
    '0 Running main running',
    '7 Running main running ready',
  ]);
});

test('PodLife.advance() ends pods as their restart policy says', () => {
  const finish = { afterMs: 3000, jitterMs: 0, exitCode: 1, reason: '' };
  assert.deepEqual(story(podOf({ restartPolicy: 'Never' }), { finish }, 60), [
    '0 Running main running ready',
    '3 Failed main Error',
  ]);
  assert.deepEqual(story(podOf({ restartPolicy: 'OnFailure' }), { finish: { ...finish, exitCode: 0 } }, 60), [
    '0 Running main running ready',
    '3 Succeeded main Completed',
  ]);
  assert.deepEqual(story(podOf(), { finish }, 18), [
    '0 Running main running ready',
    '3 Running main running ready x1',
    '6 Running main CrashLoopBackOff x1',
    '16 Running main running ready x2',
  ]);
});

test('PodLife.advance() lets incidents happen', () => {
  const exit = { ...once, happens: 'Exit', exitCode: 137, reason: 'OOMKilled' } as const;
  assert.deepEqual(story(podOf({ restartPolicy: 'Never' }), { incidents: [exit] }, 60), [
    '0 Running main running ready',
    '5 Failed main OOMKilled',
  ]);
  assert.deepEqual(story(podOf(), { incidents: [{ ...once, happens: 'Unready', lastsMs: 2000 }] }, 60), [
    '0 Running main running ready',
    '5 Running main running',
    '7 Running main running ready',
  ]);
  assert.deepEqual(story(podOf(), { incidents: [{ ...once, happens: 'Evict', message: 'full' }] }, 60), [
    '0 Running main running ready',
    '5 Evicted main Error',
  ]);
});

test('PodLife.advance() fails a pod at its active deadline', () => {
  const told = story(podOf({ activeDeadlineSeconds: 9 }), {}, 60);
  assert.equal(told.at(-1), '9 DeadlineExceeded main Error');
});

test('PodLife takes over a pod that ran before', () => {
  const first = new PodLife(
    podOf(),
    { behaviour: usualBehaviour, dice: new Dice(1), nodeIps: [], takeAddress: () => '100.64.0.9' },
    startMs,
  );
  const { status } = first.advance(startMs);
  const refuse = (): never => assert.fail('It has an address');
  const options = { behaviour: usualBehaviour, dice: new Dice(1), nodeIps: [], takeAddress: refuse };
  const again = new PodLife({ ...podOf(), status }, options, startMs + 60_000).advance(startMs + 60_000);
  assert.equal(again.status.podIP, '100.64.0.9');
  assert.deepEqual(again.status.containerStatuses, status.containerStatuses);
});
