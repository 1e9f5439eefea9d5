/**
 * A whole cluster in one process: the control plane, and every component as a part of its own with an identity of its own,
 * all through the API. Parts that fail start again; the end comes in the opposite order of the start.
 *
 *   data directory ─┬─ store ─ API server ─ controllers, scheduler ─┬─ the nodes' parts ─ ready
 *                   └─ containerd (meanwhile) ──────────────────────┘
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../base/log.ts';
import { sleep, systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import type { Node } from '../api/groups/core.v1.ts';
import type { AnyResource } from '../api/resource.ts';
import { Nodes } from '../api/resources.ts';
import type { User } from '../apiserver/user.ts';
import type { Client } from '../client/client.ts';
import type { ComponentContext } from '../client/component.ts';
import type { PrivateContainerd } from '../kubelet/runtimes/containerd.ts';
import type { Figures } from '../simulation/figures.ts';
import type { Scenario } from '../simulation/scenario.ts';
import type { RuntimeChoice, RuntimeWish } from './choose-runtime.ts';
import { componentContext, controllersPart, localCloudPart, schedulerPart, storagePart } from './components.ts';
import type { EtcdChoice } from './etcd-client.ts';
import { startControlPlane, takeDataDirectory, type ControlPlane } from './control-plane.ts';
import type { DataDirectory } from './data-directory.ts';
import { admin, cloudControllerManager, controllerManager, systemAccount, scheduler } from './identities.ts';
import { createInProcessClient } from './in-process-client.ts';
import { writeKubeconfigs } from './kubeconfig.ts';
import { findPlace, type Place } from './place.ts';
import { prepareMachine } from './prepare-machine.ts';
import { nodeRangesFor } from './node-ranges-for.ts';
import { placesFor } from './simulation-places.ts';
import { simulationPart } from './simulation-part.ts';
import { simulatedNodePart, simulatedTaint } from './simulated-node.ts';
import { balancerInterface, realNodeParts, startNodeRuntime } from './real-node.ts';
import { provisionerAccount } from './storage-objects.ts';
import type { NodeContext } from './node-context.ts';
import type { Steps } from './steps.ts';
import { createSupervisor, type Supervisor } from './supervise.ts';

export interface ClusterOptions {
  readonly dataDirectory: string;
  /** Port of the API. */
  readonly port: number;
  readonly nodes: number;
  readonly runtime: RuntimeWish;
  /** Nodes and pods that are made up in this process; default: none. */
  readonly scenario?: Scenario;
  /** Where the store is served by the etcd v3 API; default: nowhere. */
  readonly etcdListenUrls?: readonly string[];
  /** An etcd cluster that keeps the objects; default: a store in the data directory. */
  readonly etcd?: EtcdChoice;
  /** Who gives Services of type LoadBalancer their addresses; external: somebody else. Default: local. */
  readonly cloud?: 'local' | 'external';
  /** Resources that are off by default and are served all the same. Default: none. */
  readonly switchedOn?: readonly AnyResource[];
  /** Built-in resources that are not served. Default: none. */
  readonly switchedOff?: readonly AnyResource[];
  /** Gates that are open beside those that are by default. */
  readonly featureGates?: ReadonlySet<string>;
  readonly log: Log;
}

export interface RunningCluster {
  readonly kubeconfig: string;
  readonly url: string;
  /** What simulated nodes count; undefined when there are none. */
  figures(): Figures | undefined;
  /** Ends every part, then the control plane. The data stays. */
  stop(): Promise<void>;
}

/** The first start of a slow machine takes this long at most; then the rest is left to come. */
const nodesReadyWithinMs = 30_000;
const nodesReadyPollMs = 20;

/**
 * Resolves when the API is served, every component was started, and every node is ready or is not for long.
 * @throws SetupError for what the user can mend.
 */
export async function startCluster(
  options: ClusterOptions,
  steps: Steps,
  signal: AbortSignal,
): Promise<RunningCluster> {
  const runtime = await prepareMachine(options.runtime, steps, signal);
  const directory = await takeDataDirectory(options.dataDirectory, steps);
  const cluster = new ClusterProcess(directory, options);
  try {
    const url = await cluster.start(runtime, steps, signal);
    return { kubeconfig: directory.kubeconfig, url, figures: () => cluster.figures, stop: () => cluster.stop() };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

class ClusterProcess {
  readonly #directory: DataDirectory;
  readonly #options: ClusterOptions;
  readonly #supervisor: Supervisor;
  #containerd: Promise<PrivateContainerd> | undefined;
  #controlPlane: ControlPlane | undefined;
  figures: Figures | undefined;

  constructor(directory: DataDirectory, options: ClusterOptions) {
    this.#directory = directory;
    this.#options = options;
    this.#supervisor = createSupervisor({ clock: systemClock, random: systemRandom, log: options.log });
  }

  /** Answers where the API is. */
  async start(runtime: RuntimeChoice['runtime'], steps: Steps, signal: AbortSignal): Promise<string> {
    const names = nodeNames(this.#options.nodes);
    const place = await findPlace(this.#directory, runtime);
    if (runtime === 'containerd') this.#containerd = this.#startContainerd(place, names[0] ?? '');
    const controlPlane = await this.#startControlPlane(place, names, steps);
    this.#startComponents(controlPlane, names, { place, runtime });
    await this.#startNodes(controlPlane, place, { names, steps });
    if (names.length > 0) await this.#untilNodesReady(controlPlane, names, { steps, signal });
    if (this.#options.scenario !== undefined)
      await this.#simulate(controlPlane, this.#options.scenario, { steps, signal });
    return controlPlane.url;
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop();
    await (await this.#containerd?.catch(() => undefined))?.stop();
    await this.#controlPlane?.close();
    this.#directory.release();
  }

  #startContainerd({ instance, network }: Place, node: string): Promise<PrivateContainerd> {
    const { log } = this.#options;
    const starting = startNodeRuntime({ directory: this.#directory.node(node), instance, network, log });
    starting.catch(() => undefined); // awaited when the control plane is up
    return starting;
  }

  async #startControlPlane(place: Place, names: readonly string[], steps: Steps): Promise<ControlPlane> {
    const { port, log, etcd, etcdListenUrls = [], switchedOn = [], switchedOff = [] } = this.#options;
    const controlPlane = await startControlPlane(
      {
        directory: this.#directory,
        bindAddress: place.bindAddress,
        advertiseAddress: place.nodeAddress,
        port,
        portFlag: '--port',
        serviceRange: place.network.serviceRange,
        nodes: names.map((name) => ({ name, hosts: ['127.0.0.1', 'localhost', place.nodeAddress] })),
        etcdListenUrls,
        switchedOn,
        switchedOff,
        ...(etcd === undefined ? {} : { etcd }),
        log,
      },
      steps,
    );
    this.#controlPlane = controlPlane;
    await writeKubeconfigs(controlPlane);
    return controlPlane;
  }

  #startComponents(
    controlPlane: ControlPlane,
    nodes: readonly string[],
    { place, runtime }: { readonly place: Place; readonly runtime: RuntimeChoice['runtime'] },
  ): void {
    const { authority } = controlPlane.certificates;
    const own = new Set(nodes);
    const manager = this.#component(controlPlane, 'kube-controller-manager', controllerManager);
    const accounts = (userAgent: string) => {
      return (account: string): Client =>
        createInProcessClient({ apiServer: controlPlane.apiServer, user: systemAccount(account), userAgent });
    };
    const clientOf = accounts('kube-controller-manager');
    const simulated = (this.#options.scenario?.nodes ?? []).reduce((sum, { count }) => sum + count, 0);
    const nodeRanges = nodeRangesFor(place.network, nodes.length + simulated);
    const { featureGates = new Set<string>() } = this.#options;
    const options = {
      rootCertificate: authority.certificate,
      signingAuthority: authority,
      clientOf,
      nodeRanges,
      featureGates,
    };
    this.#supervisor.start(controllersPart(manager, options));
    this.#supervisor.start(schedulerPart(this.#component(controlPlane, 'kube-scheduler', scheduler)));
    this.#supervisor.start(
      storagePart(this.#component(controlPlane, 'local-path', systemAccount(provisionerAccount)), {
        admin: this.#component(controlPlane, 'slipway', admin).client,
        folderOf: (name) => (own.has(name) ? join(this.#directory.node(name), 'volumes') : undefined),
      }),
    );
    if (this.#options.cloud === 'external') return;
    const cloud = this.#component(controlPlane, 'cloud-controller-manager', cloudControllerManager);
    const addresses = [place.network.loadBalancerRange];
    // Simulated pods answer nobody: nothing needs to lead to them.
    const interfaceName = runtime === 'containerd' ? balancerInterface(place.instance) : undefined;
    this.#supervisor.start(localCloudPart(cloud, { addresses, interfaceName }, accounts('cloud-controller-manager')));
  }

  async #startNodes(
    controlPlane: ControlPlane,
    place: Place,
    { names, steps }: { readonly names: readonly string[]; readonly steps: Steps },
  ): Promise<void> {
    const containerd = this.#containerd;
    for (const [index, name] of names.entries()) {
      const node = this.#nodeContext(controlPlane, place, { name, index });
      if (index > 0 || containerd === undefined) {
        this.#supervisor.start(simulatedNodePart(node, { besideReal: containerd !== undefined }));
        continue;
      }
      const started = await steps.step(
        'containerd',
        () => containerd,
        ({ socketPath }) => socketPath,
      );
      for (const part of realNodeParts(node, place.instance, started)) this.#supervisor.start(part);
    }
  }

  /** Beside a node that runs containers, the others take only pods that ask for them. */
  #besideOthers(scenario: Scenario): Scenario {
    if (this.#containerd === undefined) return scenario;
    return {
      ...scenario,
      nodes: scenario.nodes.map((group) => ({ ...group, taints: [...group.taints, simulatedTaint] })),
    };
  }

  async #simulate(
    controlPlane: ControlPlane,
    scenario: Scenario,
    { steps, signal }: { readonly steps: Steps; readonly signal: AbortSignal },
  ): Promise<void> {
    const context = this.#component(controlPlane, 'kubelet', admin);
    const { authority } = controlPlane.certificates;
    const places = await placesFor(controlPlane.url, undefined);
    const started = (figures: Figures): void => {
      this.figures = figures;
    };
    this.#supervisor.start(
      simulationPart(context, { scenario: this.#besideOthers(scenario), authority, places, started }),
    );
    await steps.step(
      'simulated nodes',
      async (sayHowFar) => {
        while (this.figures?.allReadyMs === undefined && !signal.aborted) {
          const { nodesReady = 0, nodes = 0 } = this.figures?.snapshot ?? {};
          sayHowFar(`${nodesReady} of ${nodes}`);
          await sleep(systemClock, nodesReadyPollMs, signal);
        }
      },
      () => `${this.figures?.snapshot.nodesReady ?? 0} ready`,
    );
  }

  #nodeContext(
    controlPlane: ControlPlane,
    place: Place,
    { name, index }: { readonly name: string; readonly index: number },
  ): NodeContext {
    const certificates = controlPlane.certificates.nodes.get(name);
    if (certificates === undefined) throw new Error(`The node "${name}" has no certificates`);
    return {
      name,
      index,
      address: place.nodeAddress,
      network: place.network,
      directory: this.#directory.node(name),
      certificates,
      authority: controlPlane.certificates.authority.certificate,
      log: this.#options.log,
      component: (userAgent, user) => this.#component(controlPlane, userAgent, user),
    };
  }

  #component({ apiServer }: ControlPlane, name: string, user: User): ComponentContext {
    return componentContext(createInProcessClient({ apiServer, user, userAgent: name }), this.#options.log.named(name));
  }

  async #untilNodesReady(
    controlPlane: ControlPlane,
    names: readonly string[],
    { steps, signal }: { readonly steps: Steps; readonly signal: AbortSignal },
  ): Promise<void> {
    const { client } = this.#component(controlPlane, 'slipway', admin);
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(nodesReadyWithinMs)]);
    const what = names.length === 1 ? `node ${names[0]}` : `${names.length} nodes`;
    const waiting = await steps.step(what, async () => {
      for (;;) {
        const { items } = await client.list(Nodes);
        const unready = names.filter((name) => !isReady(items.find(({ metadata }) => metadata.name === name)));
        if (unready.length === 0 || deadline.aborted) return unready;
        await sleep(systemClock, nodesReadyPollMs, deadline);
      }
    });
    if (waiting.length > 0 && !signal.aborted) steps.note(`! Not ready yet: ${waiting.join(', ')}`);
  }
}

function isReady(node: Node | undefined): boolean {
  return node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}

/** This machine's name for the first node, the same with a number for those beside it. */
function nodeNames(count: number): readonly string[] {
  const name = hostname().toLowerCase();
  return Array.from({ length: count }, (_, index) => (index === 0 ? name : `${name}-${index + 1}`));
}
