/** The rhythm of probes, on virtual time and simulated containers. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import type { Container, Pod, Probe } from '../../api/groups/core.v1.ts';
import { virtualClock } from '../../base/clock.ts';
import { createSimulatedRuntime } from '../runtimes/simulated.ts';
import { Prober } from './prober.ts';

interface Scene {
  /** `r` ready, `s` started, `l` or `S` dead by that probe: a letter group for each second that passes. */
  watch(seconds: number): Promise<string>;
  /** Seconds at which probes failed, as `kind@second`. */
  readonly failures: readonly string[];
}

async function begin(t: TestContext, probes: Partial<Container>): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-probes-'));
  const clock = virtualClock();
  const startMs = clock.now();
  const runtime = createSimulatedRuntime({ clock });
  const failures: string[] = [];
  const prober = new Prober({
    means: { runtime, network: false },
    clock,
    changed: () => undefined,
    failed: (_, kind) => failures.push(`${kind}@${(clock.now() - startMs) / 1000}`),
  });
  t.after(async () => {
    prober.stop();
    runtime.close();
    await rm(folder, { recursive: true, force: true });
  });
  const sandbox = { metadata: { name: 'p', uid: 'u', namespace: 'n', attempt: 0 }, logDirectory: folder };
  const sandboxId = await runtime.sandboxes.run(sandbox);
  await runtime.images.pull('image');
  const config = { metadata: { name: 'main', attempt: 0 }, image: 'image', command: ['server'], logPath: 'log' };
  const id = await runtime.containers.create(sandboxId, config, sandbox);
  await runtime.containers.start(id);
  const container: Container = { name: 'main', resources: {}, ...probes };
  const metadata = { name: 'p', namespace: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: '' };
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container] }, status: {} };
  prober.sync('u', [{ pod, container, containerId: id, startedAtMs: startMs, podIp: '', wasReady: false }]);
  const letters = (): string => {
    const failed = prober.failedProbe(id);
    const dead = failed === undefined ? '' : failed === 'liveness' ? 'l' : 'S';
    return `${prober.hasStarted(id) ? 's' : ''}${prober.isReady(id) ? 'r' : ''}${dead}` || '-';
  };
  return {
    failures,
    async watch(seconds) {
      const seen: string[] = [];
      for (let i = 0; i < seconds; i++) {
        clock.advance(1000);
        for (let turn = 0; turn < 5; turn++) await setImmediate();
        seen.push(letters());
      }
      return seen.join(' ');
    },
  };
}

const good = (probe: Probe): Probe => ({ exec: { command: ['true'] }, ...probe });
const bad = (probe: Probe): Probe => ({ exec: { command: ['false'] }, ...probe });

test('Prober makes a container ready after the initial delay of its probe', async (t) => {
  const { watch } = await begin(t, { readinessProbe: good({ initialDelaySeconds: 3, periodSeconds: 10 }) });
  assert.equal(await watch(5), 's s sr sr sr');
});

test('Prober takes a container without probes for started and ready', async (t) => {
  const { watch } = await begin(t, {});
  assert.equal(await watch(1), 'sr');
});

test('Prober finds a container dead after as many failures as its liveness probe allows, then leaves it alone', async (t) => {
  const probe = bad({ initialDelaySeconds: 1, periodSeconds: 2, failureThreshold: 3 });
  const { watch, failures } = await begin(t, { livenessProbe: probe });
  assert.equal(await watch(8), 'sr sr sr sr srl srl srl srl');
  assert.deepEqual(failures, ['liveness@1', 'liveness@3', 'liveness@5']);
});

test('Prober asks nothing else before the startup probe has succeeded', async (t) => {
  const { watch, failures } = await begin(t, {
    startupProbe: bad({ initialDelaySeconds: 1, periodSeconds: 1, failureThreshold: 4 }),
    livenessProbe: bad({ periodSeconds: 1, failureThreshold: 1 }),
  });
  assert.equal(await watch(6), 'r r r rS rS rS');
  assert.deepEqual(failures, ['startup@1', 'startup@2', 'startup@3', 'startup@4']);
});

test('Prober counts a probe that takes too long as failed', async (t) => {
  const probe: Probe = {
    exec: { command: ['sleep', '60'] },
    timeoutSeconds: 2,
    periodSeconds: 5,
    initialDelaySeconds: 1,
  };
  const { watch, failures } = await begin(t, { readinessProbe: probe });
  await watch(4);
  assert.deepEqual(failures, ['readiness@3']);
});
