/**
 * Golden scripts for plan() and podStatus(): each scene of scenes.txt is a pod and what the runtime says of it, then what is to be done and what
 * the API shows. `UPDATE_GOLDEN=1` writes the answers anew; read the difference before you commit it.
 *
 *   # title
 *   pod always|onfailure|never init=a,b+ main=web ephemeral=debug     `+`: a sidecar
 *   sandbox N ready|not-ready [no-ip]                               newest last
 *   NAME running|exited CODE|created [attempt N] [in N] [ago S] [started] [ready] [failed PROBE] [changed] [reason R]
 *   recorded NAME running|exited CODE [restarts N]                  as reported before the runtime lost it
 *   backoff NAME S · failure NAME REASON · over · deadline          what the worker remembers
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Container, ContainerStatus, Pod } from '../../api/groups/core.v1.ts';
import { formatTime } from '../../api/time.ts';
import type { SandboxStatus } from '../runtimes/runtime.ts';
import type { ObservedContainer } from './observation.ts';
import { plan, type PlanInput, type PodAction, type Waiting } from './plan.ts';
import { containerHash } from './pod-containers.ts';
import { podStatus } from './status.ts';

const file = join(import.meta.dirname, 'scenes.txt');
const nowMs = Date.UTC(2026, 0, 1, 12);
const scenes = readFileSync(file, 'utf8').split(/^(?=# )/m);

test('plan() and podStatus() answer each scene as written', () => {
  const answered = scenes.map((scene) => (scene.startsWith('# ') ? answer(scene) : scene));
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(file, answered.join(''));
  else for (const [i, scene] of scenes.entries()) assert.equal(answered[i], scene);
});

/** The scene with its answers replaced. */
function answer(scene: string): string {
  const lines = scene.split('\n').filter((line) => line !== '' && !line.startsWith('  '));
  const stage = readStage(lines.slice(1));
  const { actions, waiting, wakeAtMs } = plan(stage.input);
  const status = podStatus({
    ...stage.input,
    waiting: new Map([...stage.failures, ...waiting]),
    readiness: {
      hasStarted: (id) => stage.started.has(id),
      isReady: (id) => stage.ready.has(id),
    },
    nodeIps: ['10.0.0.1'],
    runtimeName: 'test',
    startedAtMs: nowMs,
    isOver: stage.isOver,
    failure: stage.failure,
  });
  const wake = wakeAtMs === undefined ? [] : [`wake in ${(wakeAtMs - nowMs) / 1000}s`];
  const doing = [...actions.map(printAction), ...wake];
  const containers = [
    ...(status.initContainerStatuses ?? []),
    ...(status.containerStatuses ?? []),
    ...(status.ephemeralContainerStatuses ?? []),
  ];
  const conditions = (status.conditions ?? []).map(
    ({ type, status: value, reason, message }) =>
      `${type}=${value}${reason === undefined ? '' : ` ${reason}`}${message === undefined ? '' : ` (${message})`}`,
  );
  const printed = [
    `do: ${doing.length === 0 ? 'nothing' : doing.join('; ')}`,
    `phase: ${status.phase}${status.reason === undefined ? '' : ` ${status.reason}`}`,
    ...containers.map(printContainer),
    ...conditions.filter((text) => !text.startsWith('PodScheduled')),
  ];
  return `${[...lines, ...printed.map((line) => `  ${line}`)].join('\n')}\n\n`;
}

function printAction(action: PodAction): string {
  switch (action.type) {
    case 'create-sandbox':
      return `create sandbox ${action.attempt}`;
    case 'stop-sandbox':
      return `stop sandbox ${action.sandboxId}`;
    case 'start':
      return `start ${action.container.spec.name} attempt ${action.attempt}`;
    case 'kill':
      return `kill ${action.container.name}: ${action.message === '' ? action.cause : action.message}`;
  }
}

function printContainer({ name, state, lastState, ready, started, restartCount }: ContainerStatus): string {
  const print = (each: ContainerStatus['state']): string => {
    if (each.running !== undefined) return 'running';
    if (each.terminated !== undefined) return `terminated ${each.terminated.reason} ${each.terminated.exitCode}`;
    return each.waiting === undefined ? '' : `waiting ${each.waiting.reason}`;
  };
  const last = print(lastState);
  const flags = [ready ? 'ready' : 'unready', ...(started === true ? ['started'] : []), `restarts ${restartCount}`];
  return `${name}: ${print(state)}${last === '' ? '' : `, before: ${last}`}, ${flags.join(', ')}`;
}

interface Stage {
  readonly input: PlanInput;
  readonly started: Set<string>;
  readonly ready: Set<string>;
  readonly failures: Map<string, Waiting & { readonly retryAtMs: number }>;
  readonly isOver: boolean;
  readonly failure: Waiting | undefined;
}

function readStage(lines: readonly string[]): Stage {
  const [started, ready, killed] = [new Set<string>(), new Set<string>(), new Map<string, 'liveness' | 'startup'>()];
  const sandboxes: SandboxStatus[] = [];
  const containers: ObservedContainer[] = [];
  const recorded = new Map<string, ContainerStatus>();
  const backoffs = new Map<string, { delayMs: number; sinceMs: number }>();
  const failures = new Map<string, Waiting & { retryAtMs: number }>();
  let pod = readPod('pod always main=web');
  for (const line of lines) {
    const [word = '', first = '', second = ''] = line.split(' ');
    if (word === 'pod') pod = readPod(line);
    else if (word === 'sandbox') sandboxes.unshift(sandbox(Number(first), second === 'ready', !line.includes('no-ip')));
    else if (word === 'recorded') recorded.set(first, recordedStatus(line));
    else if (word === 'backoff') backoffs.set(first, { delayMs: Number(second) * 1000, sinceMs: nowMs - 1000 });
    else if (word === 'failure') failures.set(first, { reason: second, message: 'why', retryAtMs: nowMs + 10_000 });
    else if (word !== 'over' && word !== 'deadline') {
      const container = observed(line, containers.length);
      containers.unshift(container);
      if (/ (started|ready)\b/.test(line)) started.add(container.id);
      if (/ ready\b/.test(line)) ready.add(container.id);
      const probe = / failed (liveness|startup)/.exec(line)?.[1];
      if (probe === 'liveness' || probe === 'startup') killed.set(container.id, probe);
    }
  }
  const probes = { hasStarted: (id: string) => started.has(id), failed: (id: string) => killed.get(id) };
  const input = {
    pod,
    observed: { sandboxes, containers },
    nowMs,
    recorded,
    backoffs,
    startFailures: failures,
    probes,
  };
  const failure = lines.includes('deadline') ? { reason: 'DeadlineExceeded', message: 'late' } : undefined;
  return { input, started, ready, failures, failure, isOver: lines.includes('over') || failure !== undefined };
}

function readPod(line: string): Pod {
  const policies: Readonly<Record<string, string>> = { always: 'Always', onfailure: 'OnFailure', never: 'Never' };
  const of = (kind: string): readonly Container[] =>
    (new RegExp(` ${kind}=(\\S+)`).exec(line)?.[1] ?? '')
      .split(',')
      .filter((name) => name !== '')
      .map((name) => ({
        name: name.replace('+', ''),
        image: 'image',
        resources: {},
        ...(name.endsWith('+') ? { restartPolicy: 'Always' } : {}),
      }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: formatTime(nowMs) },
    spec: {
      restartPolicy: policies[line.split(' ')[1] ?? ''],
      initContainers: of('init'),
      containers: of('main'),
      ephemeralContainers: of('ephemeral'),
    },
    status: {},
  };
}

function sandbox(attempt: number, isReady: boolean, hasIp: boolean): SandboxStatus {
  return {
    id: String(attempt),
    metadata: { name: 'p', namespace: 'n', uid: 'u', attempt },
    state: isReady ? 'ready' : 'not-ready',
    createdAtMs: attempt,
    labels: {},
    annotations: {},
    ips: hasIp ? ['10.1.0.1'] : [],
  };
}

function observed(line: string, index: number): ObservedContainer {
  const [name = '', state = '', code = '0'] = line.split(' ');
  const number = (word: string): number | undefined => {
    const text = new RegExp(` ${word} (\\d+)`).exec(line)?.[1];
    return text === undefined ? undefined : Number(text);
  };
  const exitCode = state === 'exited' ? Number(code) : 0;
  return {
    id: `${name}-${index}`,
    sandboxId: String(number('in') ?? 0),
    name,
    attempt: number('attempt') ?? 0,
    hash: line.includes(' changed') ? 'other' : containerHash({ name, image: 'image', resources: {} }),
    image: 'image',
    imageRef: 'sha256:1',
    state: state === 'running' || state === 'exited' ? state : 'created',
    createdAtMs: index,
    startedAtMs: nowMs - 60_000,
    finishedAtMs: state === 'exited' ? nowMs - (number('ago') ?? 1) * 1000 : 0,
    exitCode,
    reason: / reason (\S+)/.exec(line)?.[1] ?? '',
    message: '',
    logPath: '',
  };
}

function recordedStatus(line: string): ContainerStatus {
  const [, name = '', state = '', code = '0'] = line.split(' ');
  const restartCount = Number(/ restarts (\d+)/.exec(line)?.[1] ?? 0);
  const time = formatTime(nowMs);
  const common = {
    name,
    ready: false,
    restartCount,
    image: 'image',
    imageID: '',
    containerID: 'test://old',
    lastState: {},
  };
  if (state === 'running') return { ...common, state: { running: { startedAt: time } } };
  const exitCode = Number(code);
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  return { ...common, state: { terminated: { exitCode, reason, startedAt: time, finishedAt: time } } };
}
