/**
 * Deletes what nobody owns any more. Its key is an object's uid.
 *
 * The graph is fed by informers and may be behind, so before anything is deleted the object and those of its owners that the
 * graph does not know are asked for. An owner whose kind is not served cannot be asked for: nothing is deleted for it.
 */
import { isApiError } from '../../api/api-error.ts';
import type { OwnerReference } from '../../api/groups/meta.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { splitApiVersion } from '../../api/message.ts';
import type { Resource } from '../../api/resource.ts';
import { APIServices, CustomResourceDefinitions } from '../../api/resources.ts';
import { errorText } from '../../base/log.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Run, StartContext } from '../controller.ts';
import { discoverResources } from '../discovery.ts';
import { FollowedResources } from '../followed-resources.ts';
import { withoutOwner } from '../owner.ts';
import { concerned, concernedByLoss, deletesDependents, Graph, isMeant, nodeOf, type GraphNode } from './graph.ts';
import { planObject, type Action, type OwnerState } from './plan.ts';

/** The key that means: discover again. No uid looks like it. */
const discovery = 'discover resources';
/** Definitions change in bursts, and are served a moment after. */
const discoveryDelayMs = 200;
const rediscoveryMs = 30_000;

export const garbageCollector: Controller = {
  name: 'garbage-collector-controller',
  alias: 'garbagecollector',
  workers: 20,
  start(context) {
    const collector = new Collector(context);
    const rediscover = () => context.enqueue(discovery, discoveryDelayMs);
    context.informer(CustomResourceDefinitions).onChange(rediscover);
    context.informer(APIServices).onChange(rediscover);
    context.enqueue(discovery);
    return (key, run) => (key === discovery ? collector.discover(run) : collector.visit(key, run));
  },
};

class Collector {
  readonly #graph = new Graph();
  readonly #context: StartContext;
  readonly #followed: FollowedResources;
  /** Nothing is judged before every resource has been read once. */
  #complete = false;
  readonly #early = new Set<string>();

  constructor(context: StartContext) {
    this.#context = context;
    this.#followed = new FollowedResources({
      ...context,
      changed: (resource, { type, object }) => {
        const node = nodeOf(resource, object);
        if (type === 'deleted') this.#lost(node);
        else this.#enqueue(concerned(this.#graph, this.#graph.set(node), node));
      },
    });
  }

  async discover(run: Run): Promise<WorkResult> {
    const { resources, unavailable } = await discoverResources(run.client);
    await this.#followed.follow(resources, unavailable.length === 0);
    this.#complete = true;
    this.#enqueue([...this.#early]);
    this.#early.clear();
    return { afterMs: rediscoveryMs };
  }

  async visit(uid: string, run: Run): Promise<void> {
    const known = this.#graph.get(uid);
    if (known === undefined) return;
    const of = known.resource as Resource<KubeObject>;
    const object = await run.client.find(of, known);
    if (object?.metadata.uid !== uid) return this.#lost(known);
    const node = nodeOf(of, object);
    const owners = [];
    for (const reference of node.owners) {
      const state = await this.#stateOf(node, reference, run);
      if (state === 'gone') this.#noteForeignOwner(object, node, reference, run);
      owners.push({ reference, state });
    }
    const actions = planObject({ object: node, owners, dependents: this.#graph.dependentsOf(uid) });
    let latest = object;
    for (const action of actions) latest = await this.#act(run, of, latest, action);
  }

  #lost(node: GraphNode): void {
    const uids = concernedByLoss(this.#graph, node);
    this.#graph.remove(node.uid);
    this.#enqueue(uids);
  }

  #enqueue(uids: readonly string[]): void {
    for (const uid of uids) {
      if (this.#complete) this.#context.enqueue(uid);
      else this.#early.add(uid);
    }
  }

  async #stateOf(dependent: GraphNode, reference: OwnerReference, run: Run): Promise<OwnerState> {
    const known = this.#graph.get(reference.uid);
    if (known !== undefined && isMeant(known, reference, dependent))
      return deletesDependents(known) ? 'waiting' : 'alive';
    const resource = this.#followed.find(splitApiVersion(reference.apiVersion).group, reference.kind);
    if (resource === undefined) {
      throw new Error(`Cannot find the owner of "${dependent.name}": kind "${reference.kind}" is not served`);
    }
    if (resource.namespaced && dependent.namespace === undefined) return 'gone';
    const namespace = resource.namespaced ? dependent.namespace : undefined;
    const owner = await run.client.find(resource as Resource<KubeObject>, { namespace, name: reference.name });
    if (owner?.metadata.uid !== reference.uid) return 'gone';
    return deletesDependents(nodeOf(resource, owner)) ? 'waiting' : 'alive';
  }

  /** An object with the owner's uid lives, but in another namespace than the dependent: it cannot be the owner. */
  #noteForeignOwner(object: KubeObject, dependent: GraphNode, reference: OwnerReference, run: Run): void {
    const known = this.#graph.get(reference.uid);
    const { namespace = '' } = dependent;
    if (known?.namespace === undefined || known.namespace === namespace) return;
    const { apiVersion, kind, name, uid } = reference;
    const owner = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
    const message = `ownerRef ${owner} does not exist in namespace ${JSON.stringify(namespace)}`;
    run.note(object, { type: 'Warning', reason: 'OwnerRefInvalidNamespace', message });
  }

  /** Answers the object as it is now. */
  async #act(run: Run, of: Resource<KubeObject>, object: KubeObject, action: Action): Promise<KubeObject> {
    const { client } = run;
    const { uid, finalizers = [], ownerReferences = [] } = object.metadata;
    const update = (metadata: Partial<KubeObject['metadata']>) =>
      client.update(of, { ...object, metadata: { ...object.metadata, ...metadata } });
    switch (action.type) {
      case 'delete':
        await this.#delete(run, of, object, action.policy);
        return object;
      case 'disown':
        return update({ ownerReferences: ownerReferences.filter((one) => !action.uids.includes(one.uid)) });
      case 'unblock':
        return update({ ownerReferences: ownerReferences.map((one) => ({ ...one, blockOwnerDeletion: false })) });
      case 'orphan':
        for (const dependent of action.dependents) await disown(run, dependent, uid);
        return object;
      case 'finalize':
        return update({ finalizers: finalizers.filter((one) => one !== action.finalizer) });
      case 'visit':
        this.#enqueue(action.uids);
        return object;
    }
  }

  async #delete(
    { client }: Run,
    of: Resource<KubeObject>,
    object: KubeObject,
    policy: 'Background' | 'Foreground' | 'Orphan',
  ) {
    const { namespace, name, uid, resourceVersion } = object.metadata;
    this.#context.log.debug('Deletes what nobody owns', { kind: of.kind.kind, namespace, name, policy });
    try {
      await client.delete(of, { namespace, name }, { uid, resourceVersion, propagationPolicy: policy });
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
}

async function disown({ client }: Run, dependent: GraphNode, uid: string): Promise<void> {
  const of = dependent.resource as Resource<KubeObject>;
  const object = await client.find(of, dependent);
  if (object?.metadata.uid !== dependent.uid) return;
  try {
    await client.update(of, withoutOwner(object, uid));
  } catch (error) {
    if (isApiError(error, 'NotFound')) return;
    throw new Error(`Cannot take the owner off ${of.plural} "${dependent.name}": ${errorText(error)}`, {
      cause: error,
    });
  }
}
