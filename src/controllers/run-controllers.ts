/**
 * The controller manager: all controllers, or those that are asked for, over one set of informers. Which of them run where is
 * said as kube-controller-manager says it: `*` all, `name` that one, `-name` not that one.
 */
import type { Client } from '../client/client.ts';
import type { ComponentContext } from '../client/component.ts';
import { createEventRecorder, type EventRecorder } from '../client/events.ts';
import type { WorkQueueMetrics } from '../client/work-queue-metrics.ts';
import { createInformers } from '../client/shared-informers.ts';
import { accountOf } from './accounts.ts';
import { runController, type Controller, type ControllersContext } from './controller.ts';
import type { KeyPair } from '../base/certificate.ts';
import { attachDetachController } from './attach-detach/reconcile.ts';
import { bootstrapSignerController, tokenCleanerController } from './bootstrap-tokens/reconcile.ts';
import {
  certificateApprovingController,
  certificateCleanerController,
  certificateSigningController,
} from './certificates/reconcile.ts';
import { clusterRoleAggregationController } from './cluster-role-aggregation/reconcile.ts';
import { cronJobController } from './cronjob/reconcile.ts';
import { daemonSetController } from './daemonset/reconcile.ts';
import { deploymentController } from './deployment/reconcile.ts';
import { deviceTaintEvictionController } from './device-taint-eviction/reconcile.ts';
import { disruptionController } from './disruption/reconcile.ts';
import { endpointsController } from './endpoints/reconcile.ts';
import { endpointSliceController } from './endpointslice/reconcile.ts';
import { endpointSliceMirroringController } from './endpointslice-mirroring/reconcile.ts';
import { ephemeralVolumeController } from './ephemeral-volume/reconcile.ts';
import { garbageCollector } from './garbage-collector/reconcile.ts';
import { horizontalPodAutoscalerController } from './horizontal-pod-autoscaler/reconcile.ts';
import { jobController } from './job/reconcile.ts';
import { legacyTokenCleaner } from './legacy-token-cleaner/reconcile.ts';
import { namespaceController } from './namespace/reconcile.ts';
import type { NodeRanges } from './node-ipam/node-ranges.ts';
import { nodeIpamController } from './node-ipam/reconcile.ts';
import { nodeLifecycleController } from './node-lifecycle/reconcile.ts';
import { nodeTtlController } from './node-ttl/reconcile.ts';
import { persistentVolumeBinderController } from './persistent-volume-binder/reconcile.ts';
import { podGarbageController } from './pod-garbage/reconcile.ts';
import { replicaSetController } from './replicaset/reconcile.ts';
import { replicationController } from './replication-controller/reconcile.ts';
import { resourceClaimController } from './resource-claim/reconcile.ts';
import { resourceQuotaController } from './resource-quota/reconcile.ts';
import { rootCaController } from './root-ca/reconcile.ts';
import { serviceCidrController } from './service-cidr/reconcile.ts';
import { serviceAccountTokenController } from './serviceaccount-token/reconcile.ts';
import { serviceAccountController } from './serviceaccount/reconcile.ts';
import { statefulSetController } from './statefulset/reconcile.ts';
import {
  attributesProtectionController,
  claimProtectionController,
  volumeProtectionController,
} from './storage-protection/reconcile.ts';
import { storageVersionMigrator } from './storage-version-migrator/reconcile.ts';
import { taintEvictionController } from './taint-eviction/reconcile.ts';
import { ttlAfterFinishedController } from './ttl-after-finished/reconcile.ts';
import { validatingPolicyStatusController } from './validating-policy-status/reconcile.ts';
import { volumeExpansionController } from './volume-expansion/reconcile.ts';

export interface ControllersOptions {
  /** As --controllers has it, such as ['*', '-job-controller']; default: all. */
  readonly names?: readonly string[];
  /** PEM of the authority that signed the API server's certificate: what pods are given to trust it. */
  readonly rootCertificate: string;
  /** The client that acts as a service account of kube-system; default: all controllers share the one of the context. */
  readonly clientOf?: (account: string) => Client;
  /** Where the controllers' queues are counted; default: nowhere. */
  readonly queueMetrics?: WorkQueueMetrics | undefined;
  /** The authority that signs certificates for who is approved; without one nobody signs here. */
  readonly signingAuthority?: KeyPair | undefined;
  /** Where nodes get their pods' networks from; without them nobody gives any here. */
  readonly nodeRanges?: NodeRanges | undefined;
  /** Features that are off by default and on here; default: none. */
  readonly featureGates?: ReadonlySet<string>;
}

/** @throws RangeError for a name that no controller has. */
export async function runControllers(
  signal: AbortSignal,
  context: ComponentContext,
  options: ControllersOptions,
): Promise<void> {
  const chosen = chooseControllers(allControllers(options), options.names ?? ['*']);
  const informers = createInformers({ ...context, signal });
  const { queueMetrics } = options;
  const all = { ...context, informers, recordEvent: eventRecorder(signal, context), queueMetrics };
  const clientFor = ({ name }: Controller): Client => {
    const account = accountOf(name);
    return account === undefined ? context.client : (options.clientOf?.(account) ?? context.client);
  };
  const run = (one: Controller) => runController(signal, { ...all, client: clientFor(one) }, one);
  await Promise.all(chosen.map(run));
  await informers.whenEnded();
}

/** Events are told in the name of the controller that saw what happened. */
function eventRecorder(signal: AbortSignal, context: ComponentContext): ControllersContext['recordEvent'] {
  const recorders = new Map<string, EventRecorder>();
  return (source, object, { type, reason, message }) => {
    let recorder = recorders.get(source);
    if (recorder === undefined) {
      recorder = createEventRecorder({ ...context, component: source, signal });
      recorders.set(source, recorder);
    }
    recorder.event(object, type, reason, message);
  };
}

/** All there are, whatever this process was given to run them with. */
export function knownControllers(): readonly Pick<Controller, 'name' | 'alias' | 'offByDefault'>[] {
  return allControllers({
    rootCertificate: '',
    signingAuthority: { certificate: '', key: '' },
    nodeRanges: { clusterCidrs: ['10.0.0.0/8'] },
    featureGates: new Set(['StorageVersionMigrator']),
  });
}

/** Who is named several times is taken as first said; who is not named runs with `*`, unless it is off by default. */
export function chooseControllers(all: readonly Controller[], names: readonly string[]): readonly Controller[] {
  const known = new Set(all.flatMap(({ name, alias }) => [name, alias]));
  for (const name of names) {
    if (name !== '*' && !known.has(name.replace(/^-/, ''))) {
      throw new RangeError(`"${name}" is not in the list of known controllers`);
    }
  }
  return all.filter(({ name, alias, offByDefault = false }) => {
    const said = names.find((one) => [name, alias].includes(one.replace(/^-/, '')));
    return said === undefined ? names.includes('*') && !offByDefault : !said.startsWith('-');
  });
}

function allControllers(options: ControllersOptions): readonly Controller[] {
  const { rootCertificate, signingAuthority, nodeRanges, featureGates } = options;
  return [
    replicaSetController,
    replicationController,
    deploymentController,
    serviceAccountController,
    serviceAccountTokenController(rootCertificate),
    rootCaController(rootCertificate),
    legacyTokenCleaner,
    serviceCidrController,
    namespaceController,
    clusterRoleAggregationController,
    endpointsController,
    endpointSliceController,
    endpointSliceMirroringController,
    garbageCollector,
    nodeLifecycleController,
    ...(nodeRanges === undefined ? [] : [nodeIpamController(nodeRanges)]),
    taintEvictionController,
    nodeTtlController,
    podGarbageController,
    daemonSetController,
    statefulSetController,
    jobController,
    ttlAfterFinishedController,
    validatingPolicyStatusController,
    cronJobController,
    disruptionController,
    horizontalPodAutoscalerController,
    resourceClaimController,
    deviceTaintEvictionController,
    resourceQuotaController,
    persistentVolumeBinderController,
    attachDetachController,
    volumeExpansionController,
    ephemeralVolumeController,
    claimProtectionController,
    volumeProtectionController,
    attributesProtectionController,
    certificateApprovingController,
    ...(signingAuthority === undefined ? [] : [certificateSigningController(signingAuthority)]),
    certificateCleanerController,
    bootstrapSignerController,
    tokenCleanerController,
    ...(featureGates?.has('StorageVersionMigrator') === true ? [storageVersionMigrator] : []),
  ];
}
