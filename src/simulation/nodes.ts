/**
 * The kubelets' side of all simulated nodes in one loop: they register with their status, keep their leases, and have the incidents of the
 * scenario. Renewals are spread over the ten seconds, so that writes come evenly.
 */
import { isApiError } from '../api/api-error.ts';
import type { Node } from '../api/groups/core.v1.ts';
import { Leases, Nodes } from '../api/resources.ts';
import { formatMicroTime } from '../api/time.ts';
import { errorText } from '../base/log.ts';
import type { ComponentContext } from '../client/component.ts';
import type { Change, Informer } from '../client/informer.ts';
import type { Dice } from './dice.ts';
import type { Figures } from './figures.ts';
import { incidentsFrom } from './incidents.ts';
import type { NodeIncident } from './scenario.ts';
import { nodeMetadata, statusOfNode, type SimulatedNode } from './simulated-node.ts';
import type { Timers } from './timers.ts';
import { Turns } from '../base/turns.ts';

export interface SimulatedNodesOptions {
  readonly context: ComponentContext;
  readonly dice: Dice;
  readonly timers: Timers;
  readonly figures: Figures;
  readonly nodes: readonly SimulatedNode[];
  readonly signal: AbortSignal;
  /** A node answers again, or is gone for good. */
  readonly changed: (node: SimulatedNode) => void;
}

const leaseNamespace = 'kube-node-lease';
const leaseSeconds = 40;
const renewMs = 10_000;
/** Renewals come in rounds this far apart: those of a round share a commit, which costs as much as one of them alone. */
const roundMs = 200;
const statusMs = 300_000;
const retryMs = 1000;
const registrationsAtOnce = 128;
const renewalsAtOnce = 256;

export class SimulatedNodes {
  readonly #options: SimulatedNodesOptions;
  readonly #byName: ReadonlyMap<string, SimulatedNode>;
  readonly #registrations = new Turns(registrationsAtOnce);
  readonly #renewals = new Turns(renewalsAtOnce);

  constructor(options: SimulatedNodesOptions) {
    this.#options = options;
    this.#byName = new Map(options.nodes.map((node) => [node.name, node]));
  }

  get(name: string): SimulatedNode | undefined {
    return this.#byName.get(name);
  }

  /** Resolves when every node was registered once, or the signal aborts. */
  async register(): Promise<void> {
    await Promise.all(this.#options.nodes.map((node) => this.#registrations.run(() => this.#register(node))));
  }

  follow(informer: Informer<Node>): void {
    informer.onChange((change) => this.#note(change));
  }

  #note({ type, object }: Change<Node>): void {
    const node = this.#byName.get(object.metadata.name);
    if (node === undefined || node.state === 'new') return;
    if (type !== 'deleted') {
      if (Number(object.metadata.resourceVersion) >= Number(node.object?.metadata.resourceVersion ?? 0))
        node.object = object;
      this.#options.figures.nodeIsReady(node.name, isReady(object));
    } else if (node.object?.metadata.uid === object.metadata.uid) {
      this.#options.figures.nodeIsReady(node.name, false);
      node.object = undefined;
      if (node.state !== 'removed') this.#setState(node, 'gone');
    }
  }

  async #register(node: SimulatedNode): Promise<void> {
    const { context, signal } = this.#options;
    if (signal.aborted) return;
    try {
      node.object = await this.#create(node);
    } catch (error) {
      if (signal.aborted) return;
      context.log.warn('Cannot register a node, trying again', { node: node.name, error: errorText(error) });
      this.#in(node, 'recovery', retryMs, () => void this.#registrations.run(() => this.#register(node)));
      return;
    }
    const now = context.clock.now();
    node.lease = undefined;
    node.statusDueMs = now + statusMs * (0.5 + this.#options.dice.draw(`status ${node.name}`));
    this.#setState(node, 'up');
    this.#options.figures.nodeIsReady(node.name, isReady(node.object));
    node.incidents ??= incidentsFrom(node.group.incidents, now, this.#options.dice, node.name);
    this.#awaitIncident(node);
    await this.#renew(node);
    this.#in(node, 'heartbeat', renewMs * this.#options.dice.draw(`lease ${node.name}`), () => this.#beat(node));
  }

  /** A node that is there already, from a run before this one, is taken over. */
  async #create(node: SimulatedNode): Promise<Node> {
    const { client, clock } = this.#options.context;
    const metadata = nodeMetadata(node);
    const spec = { taints: node.group.taints };
    try {
      return await client.create(Nodes, { metadata, spec, status: statusOfNode(node, clock.now()) });
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error;
      const found = await client.get(Nodes, metadata);
      return await client.updateStatus(Nodes, {
        ...found,
        status: statusOfNode({ ...node, object: found }, clock.now()),
      });
    }
  }

  #beat(node: SimulatedNode): void {
    const { clock } = this.#options.context;
    this.#in(node, 'heartbeat', renewMs - roundMs, () => this.#beat(node));
    void this.#renewals.run(async () => {
      if (clock.now() >= node.statusDueMs) await this.#writeStatus(node);
      await this.#renew(node);
    });
  }

  async #renew(node: SimulatedNode): Promise<void> {
    const { context, signal, figures } = this.#options;
    const { client, clock } = context;
    const { name } = node;
    if (signal.aborted || !isTalking(node)) return;
    const renewal = {
      holderIdentity: name,
      leaseDurationSeconds: leaseSeconds,
      renewTime: formatMicroTime(clock.now()),
    };
    try {
      const known = node.lease;
      if (known !== undefined) {
        node.lease = await client.update(Leases, { ...known, spec: { ...known.spec, ...renewal } });
      } else {
        const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid: node.object?.metadata.uid ?? '' }];
        const metadata = { namespace: leaseNamespace, name, ownerReferences };
        node.lease = await client.create(Leases, { metadata, spec: renewal });
      }
      figures.leaseRenewed();
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists', 'Conflict', 'NotFound')) {
        if (!signal.aborted) context.log.warn('Cannot renew a lease', { node: name, error: errorText(error) });
        return;
      }
      node.lease = await client.find(Leases, { namespace: leaseNamespace, name }).catch(() => undefined);
      // The namespace comes with the cluster, maybe a moment later.
      this.#in(node, 'heartbeat', retryMs, () => this.#beat(node));
    }
  }

  async #writeStatus(node: SimulatedNode): Promise<void> {
    const { context, signal } = this.#options;
    const { object } = node;
    if (signal.aborted || object === undefined || !isTalking(node)) return;
    const now = context.clock.now();
    try {
      node.object = await context.client.updateStatus(Nodes, { ...object, status: statusOfNode(node, now) });
      node.statusDueMs = now + statusMs;
    } catch (error) {
      if (isApiError(error, 'NotFound')) return;
      if (!isApiError(error, 'Conflict'))
        context.log.warn('Cannot report a node', { node: node.name, error: errorText(error) });
      const found = await context.client.find(Nodes, { name: node.name }).catch(() => undefined);
      if (found !== undefined) node.object = found;
      this.#in(node, 'recovery', retryMs, () => void this.#renewals.run(() => this.#writeStatus(node)));
    }
  }

  #awaitIncident(node: SimulatedNode): void {
    const { incidents } = node;
    if (incidents === undefined || incidents.nextMs === Infinity) return;
    const { clock } = this.#options.context;
    this.#in(node, 'incident', Math.max(0, incidents.nextMs - clock.now()), () => {
      for (const incident of incidents.due(clock.now())) this.#suffer(node, incident);
      this.#awaitIncident(node);
    });
  }

  /** A node that has an incident already is left to it. */
  #suffer(node: SimulatedNode, { happens, lastsMs }: NodeIncident): void {
    if (node.state !== 'up') return;
    const { context } = this.#options;
    context.log.info('An incident', { node: node.name, happens });
    const recover = (work: () => Promise<void>): void => {
      if (lastsMs !== Infinity) this.#in(node, 'recovery', lastsMs, () => void this.#renewals.run(work));
    };
    const backUp = async (): Promise<void> => {
      this.#setState(node, 'up');
      await this.#writeStatus(node);
    };
    switch (happens) {
      case 'NotReady':
        this.#setState(node, 'not-ready');
        void this.#renewals.run(() => this.#writeStatus(node)).then(() => recover(backUp));
        return;
      case 'Away':
        this.#setState(node, 'away');
        return recover(backUp);
      case 'Removed':
        this.#setState(node, 'removed');
        void context.client.delete(Nodes, { name: node.name }).catch((error: unknown) => {
          context.log.warn('Cannot remove a node', { node: node.name, error: errorText(error) });
        });
        return recover(() => this.#register(node));
    }
  }

  #setState(node: SimulatedNode, state: SimulatedNode['state']): void {
    node.state = state;
    if (state === 'gone') for (const timer of node.timers.values()) timer.cancel();
    this.#options.changed(node);
  }

  /** Of each purpose a node has one timer. */
  #in(
    node: SimulatedNode,
    purpose: 'heartbeat' | 'incident' | 'recovery',
    delayMs: number,
    callback: () => void,
  ): void {
    const { context, timers, signal } = this.#options;
    node.timers.get(purpose)?.cancel();
    if (signal.aborted || node.state === 'gone') return;
    const dueMs = context.clock.now() + delayMs;
    node.timers.set(purpose, timers.at(purpose === 'heartbeat' ? roundAfter(dueMs) : dueMs, callback));
  }
}

function roundAfter(timeMs: number): number {
  return Math.ceil(timeMs / roundMs) * roundMs;
}

/** It is in touch with the API server. */
export function isTalking({ state }: SimulatedNode): boolean {
  return state === 'up' || state === 'not-ready';
}

function isReady({ status }: Node): boolean {
  return status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;
}
