/** Does what a plan says for one pod, and remembers for the next plan how it went. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { referenceTo } from '../../api/objects/object-reference.ts';
import { ConfigMaps, PersistentVolumeClaims, PersistentVolumes, RuntimeClasses, Secrets } from '../../api/resources.ts';
import type { ContainerStatus, Pod } from '../../api/groups/core.v1.ts';
import { errorText } from '../../base/log.ts';
import { fieldFacts, fieldPath, startContainer } from '../containers/start-container.ts';
import { stopContainer, stopContainers } from '../containers/stop-container.ts';
import { hostsFile } from '../paths.ts';
import type { ProbeTarget } from '../probes/probe-target.ts';
import { RuntimeError, type SandboxConfig, type SandboxStatus } from '../runtimes/runtime.ts';
import { podNames } from '../sandboxes/hostname.ts';
import { printHosts } from '../sandboxes/hosts-file.ts';
import { sandboxConfig } from '../sandboxes/sandbox-config.ts';
import { setUpVolumes, VolumeError } from '../volumes/pod-volumes.ts';
import type { VolumeContext } from '../volumes/volume-kind.ts';
import { grownBackoff, type CrashBackoff } from './crash-backoff.ts';
import { interruptible } from './interruptible.ts';
import { latestRun, type PodObservation } from './observation.ts';
import type { PlanInput, PodAction, Waiting } from './plan.ts';
import { podContainers, describePod, type PodContainer } from './pod-containers.ts';
import type { NodeServices } from './node-services.ts';

type StartAction = Extract<PodAction, { readonly type: 'start' }>;
type KillAction = Extract<PodAction, { readonly type: 'kill' }>;

const firstRetryMs = 500;
const longestRetryMs = 122_000;
const sandboxRetryMs = 5_000;

export class PodActor {
  readonly #node: NodeServices;
  readonly #signal: AbortSignal;
  readonly #backoffs = new Map<string, CrashBackoff>();
  readonly #startFailures = new Map<string, Waiting & { readonly retryAtMs: number }>();
  readonly #hooked = new Set<string>();
  #crashed: ReadonlyMap<string, Waiting> = new Map();
  #mountRetryMs = firstRetryMs;
  #volumes: ReadonlyMap<string, string> = new Map();
  readonly #claimed = new Map<string, string>();
  #sandboxMadeAtMs = -Infinity;

  /** `signal`: ends what is under way, because the pod is to end or the kubelet ends. */
  constructor(node: NodeServices, signal: AbortSignal) {
    this.#node = node;
    this.#signal = signal;
  }

  get memory(): Pick<PlanInput, 'backoffs' | 'startFailures' | 'probes'> {
    const { prober } = this.#node;
    const probes = {
      hasStarted: (id: string): boolean => prober.hasStarted(id),
      failed: (id: string): 'liveness' | 'startup' | undefined => prober.failedProbe(id),
    };
    return { backoffs: this.#backoffs, startFailures: this.#startFailures, probes };
  }

  /** Why containers do not run, by name. */
  get waiting(): ReadonlyMap<string, Waiting> {
    return new Map([...this.#startFailures, ...this.#crashed]);
  }

  forgetFailures(): void {
    for (const [name, { reason }] of this.#startFailures) {
      if (reason === 'CreateContainerConfigError') this.#startFailures.delete(name);
    }
  }

  /** Tells users about containers that begin to wait. */
  noteWaiting(pod: Pod, crashed: ReadonlyMap<string, Waiting>): void {
    for (const container of podContainers(pod)) {
      const { name } = container.spec;
      if (!crashed.has(name) || this.#crashed.has(name)) continue;
      const text = `Back-off restarting failed container ${name} in pod ${describePod(pod)}`;
      this.#node.events.event(referenceTo(pod, fieldPath(container)), 'Warning', 'BackOff', text);
    }
    this.#crashed = crashed;
  }

  /** The running containers whose health matters. */
  probeTargets(
    pod: Pod,
    observed: PodObservation,
    recorded: ReadonlyMap<string, ContainerStatus>,
  ): readonly ProbeTarget[] {
    const podIp = this.#podIps(pod, observed.sandboxes[0])[0] ?? '';
    return podContainers(pod).flatMap(({ spec }) => {
      const run = latestRun(observed, spec.name);
      if (run?.state !== 'running') return [];
      const known = recorded.get(spec.name);
      const wasReady = known?.ready === true && known.containerID === `${this.#node.runtimeName}://${run.id}`;
      return [{ pod, container: spec, containerId: run.id, startedAtMs: run.startedAtMs, podIp, wasReady }];
    });
  }

  /** Answers when to try again where something failed. */
  async act(pod: Pod, observed: PodObservation, actions: readonly PodAction[]): Promise<number | undefined> {
    const needsVolumes = actions.some(({ type }) => type === 'create-sandbox' || type === 'start');
    if (needsVolumes) {
      const retryAtMs = await this.#mountVolumes(pod, observed);
      if (retryAtMs !== undefined) return retryAtMs;
    }
    for (const action of actions) {
      this.#signal.throwIfAborted();
      const retryAtMs = await this.#actOne(pod, observed, action);
      if (retryAtMs !== undefined) return retryAtMs;
    }
    return undefined;
  }

  /** Brings changes of ConfigMaps, Secrets, labels and tokens into running pods. */
  async refreshVolumes(pod: Pod, observed: PodObservation): Promise<void> {
    if (pod.spec.volumes === undefined) return;
    try {
      this.#volumes = await interruptible(setUpVolumes(this.#volumeContext(pod, observed)), this.#signal);
    } catch (error) {
      if (!(error instanceof VolumeError)) throw error;
      this.#node.log.debug('Cannot refresh volumes', { pod: pod.metadata.name, error: errorText(error) });
    }
  }

  async #actOne(pod: Pod, observed: PodObservation, action: PodAction): Promise<number | undefined> {
    switch (action.type) {
      case 'create-sandbox':
        return this.#createSandbox(pod, observed, action.attempt);
      case 'stop-sandbox':
        return this.#stopSandbox(pod, observed, action.sandboxId);
      case 'start':
        return this.#start(pod, observed, action);
      case 'kill':
        return this.#kill(pod, observed, action);
    }
  }

  async #mountVolumes(pod: Pod, observed: PodObservation): Promise<number | undefined> {
    try {
      this.#volumes = await interruptible(setUpVolumes(this.#volumeContext(pod, observed)), this.#signal);
      this.#mountRetryMs = firstRetryMs;
      return undefined;
    } catch (error) {
      if (!(error instanceof VolumeError)) throw error;
      this.#node.events.event(pod, 'Warning', 'FailedMount', error.message);
      const retryAtMs = this.#node.clock.now() + this.#mountRetryMs;
      this.#mountRetryMs = Math.min(this.#mountRetryMs * 2, longestRetryMs);
      return retryAtMs;
    }
  }

  #volumeContext(pod: Pod, observed: PodObservation): VolumeContext {
    const { paths, objects, tokens, mounts, clock, client } = this.#node;
    const { namespace, uid } = pod.metadata;
    return {
      pod,
      paths,
      mounts,
      facts: fieldFacts(this.#node, pod, this.#podIps(pod, observed.sandboxes[0])),
      claimed: this.#claimed,
      nowMs: clock.now(),
      objects: {
        configMap: (name) => objects.get(ConfigMaps, namespace, name, uid),
        secret: (name) => objects.get(Secrets, namespace, name, uid),
        claim: (name) => client.find(PersistentVolumeClaims, { namespace, name }),
        persistentVolume: (name) => client.find(PersistentVolumes, { name }),
        token: (projection) => tokens.get(pod, projection),
      },
    };
  }

  #podIps(pod: Pod, sandbox: SandboxStatus | undefined): readonly string[] {
    return pod.spec.hostNetwork === true ? this.#node.nodeIps : (sandbox?.ips ?? []);
  }

  async #sandboxConfig(pod: Pod, attempt: number): Promise<SandboxConfig> {
    const { paths, dns, cgroups } = this.#node;
    const runtimeHandler = await this.#runtimeHandler(pod);
    return sandboxConfig(pod, { attempt, paths, dns, cgroupParent: await cgroups?.create(pod), runtimeHandler });
  }

  async #runtimeHandler({ spec }: Pod): Promise<string | undefined> {
    const { runtimeClassName: name = '' } = spec;
    if (name === '') return undefined;
    const found = await this.#node.client.find(RuntimeClasses, { name });
    if (found === undefined) throw new RuntimeError('NotFound', `RuntimeClass "${name}" not found`);
    return found.handler;
  }

  async #createSandbox(pod: Pod, observed: PodObservation, attempt: number): Promise<number | undefined> {
    const { runtime, events, clock } = this.#node;
    if (observed.sandboxes.length > 0) {
      events.event(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    }
    const dueMs = this.#sandboxMadeAtMs + sandboxRetryMs;
    if (clock.now() < dueMs) return dueMs;
    try {
      const sandboxId = await runtime.sandboxes.run(await this.#sandboxConfig(pod, attempt));
      this.#sandboxMadeAtMs = clock.now();
      const status = await runtime.sandboxes.status(sandboxId);
      await this.#writeHosts(pod, this.#podIps(pod, status));
      return undefined;
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      events.event(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${error.message}`);
      return clock.now() + sandboxRetryMs;
    }
  }

  async #writeHosts(pod: Pod, ips: readonly string[]): Promise<void> {
    const path = hostsFile(this.#node.paths, pod.metadata.uid);
    const nodeHosts = pod.spec.hostNetwork === true ? await readFile('/etc/hosts', 'utf8').catch(() => '') : undefined;
    const names = podNames(pod, this.#node.dns.clusterDomain);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, printHosts({ names, ips, aliases: pod.spec.hostAliases ?? [], nodeHosts }));
  }

  async #stopSandbox(pod: Pod, observed: PodObservation, sandboxId: string): Promise<undefined> {
    const running = observed.containers.filter((each) => each.sandboxId === sandboxId && each.state === 'running');
    const graceSeconds = pod.spec.terminationGracePeriodSeconds ?? 30;
    const podIp = this.#podIps(pod, observed.sandboxes[0])[0] ?? '';
    const stopping = stopContainers(this.#node, running, { pod, graceSeconds, hooked: this.#hooked, podIp });
    await interruptible(stopping, this.#signal);
    await this.#node.runtime.sandboxes.stop(sandboxId);
    return undefined;
  }

  async #start(pod: Pod, observed: PodObservation, action: StartAction): Promise<undefined> {
    const { container, attempt, endedAtMs } = action;
    const { name } = container.spec;
    const [sandbox] = observed.sandboxes;
    if (sandbox === undefined) return undefined;
    if (endedAtMs > 0) {
      const backoff = grownBackoff(this.#backoffs.get(name), endedAtMs, this.#node.clock.now());
      this.#backoffs.set(name, backoff);
    }
    const starting = startContainer(this.#node, {
      pod,
      container,
      attempt,
      sandboxId: sandbox.id,
      sandboxConfig: await this.#sandboxConfig(pod, sandbox.metadata.attempt),
      podIps: this.#podIps(pod, sandbox),
      volumes: this.#volumes,
      targetId: this.#targetId(observed, container),
      signal: this.#signal,
    });
    const outcome = await interruptible(starting, this.#signal);
    if (outcome.ok) {
      this.#startFailures.delete(name);
    } else {
      this.#startFailures.set(name, outcome);
    }
    return undefined;
  }

  #targetId(observed: PodObservation, { target }: PodContainer): string | undefined {
    return target === undefined || target === '' ? undefined : latestRun(observed, target)?.id;
  }

  async #kill(pod: Pod, observed: PodObservation, { container, cause, message }: KillAction): Promise<undefined> {
    const spec = podContainers(pod).find((each) => each.spec.name === container.name)?.spec;
    const probe = cause === 'liveness' ? spec?.livenessProbe : cause === 'startup' ? spec?.startupProbe : undefined;
    const graceSeconds = probe?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
    const podIp = this.#podIps(pod, observed.sandboxes[0])[0] ?? '';
    const own = message === '' ? {} : { message };
    const request = { pod, container, graceSeconds, hooked: this.#hooked, podIp, ...own };
    await interruptible(stopContainer(this.#node, request), this.#signal);
    return undefined;
  }
}
