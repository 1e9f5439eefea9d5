/** The admission plugins that are on by default, in Kubernetes' order. */
import * as resources from '../../api/resources.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Registry } from '../../base/metrics.ts';
import { createPodSecurityMetrics } from '../metrics/pod-security-metrics.ts';
import { createPolicyMetrics, createWebhookMetrics } from '../metrics/webhook-metrics.ts';
import type { Random } from '../../base/random.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import type { Reservations } from '../services/reservations.ts';
import type { AdmissionPlugin } from './admission.ts';
import { certificateSubjectRestriction, createCertificateApproval, createCertificateSigning } from './certificates.ts';
import { createDefaultIngressClass, createDefaultStorageClass } from './default-classes.ts';
import { defaultTolerationSeconds } from './default-tolerations.ts';
import { createLimitRanger } from './limit-ranger.ts';
import { createNamespaceLifecycle } from './namespace-lifecycle.ts';
import { createNodeRestriction } from './nodes/node-restriction.ts';
import { createPodSecurity } from './pod-security/pod-security.ts';
import { createMutatingPolicies } from './policies/mutating-policies.ts';
import { createValidatingPolicies } from './policies/validating-policies.ts';
import { createPriorityAdmission } from './priority.ts';
import { createResourceQuota } from './quota/resource-quota.ts';
import { createRuntimeClassAdmission } from './runtime-class.ts';
import { createServiceAccountAdmission } from './service-account.ts';
import { createClaimResize, storageObjectInUseProtection } from './storage.ts';
import { taintNodesByCondition } from './taint-nodes.ts';
import { createPodTopologyLabels } from './topology-labels.ts';
import { createMutatingWebhooks, createValidatingWebhooks } from './webhooks/webhooks.ts';

export interface PluginNeeds {
  readonly served: ServedResources;
  readonly authorizer: Authorizer;
  readonly reservations: Reservations;
  readonly random: Random;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
}

export function createDefaultPlugins({
  served,
  authorizer,
  random,
  store,
  clock,
  log,
  registry,
}: PluginNeeds): AdmissionPlugin[] {
  const metrics = createWebhookMetrics(registry);
  return [
    createNamespaceLifecycle(served.of(resources.Namespaces)),
    createLimitRanger(served.of(resources.LimitRanges)),
    createServiceAccountAdmission(served.of(resources.ServiceAccounts), random),
    createNodeRestriction({
      pods: served.of(resources.Pods),
      nodes: served.of(resources.Nodes),
      claims: served.of(resources.PersistentVolumeClaims),
      volumes: served.of(resources.PersistentVolumes),
      drivers: served.of(resources.CSIDrivers),
      authorizer,
    }),
    taintNodesByCondition,
    createPodSecurity(served.of(resources.Namespaces), served.of(resources.Pods), createPodSecurityMetrics(registry)),
    createPriorityAdmission(served.of(resources.PriorityClasses)),
    defaultTolerationSeconds,
    createDefaultStorageClass(served.of(resources.StorageClasses)),
    storageObjectInUseProtection,
    createClaimResize(served.of(resources.StorageClasses)),
    createRuntimeClassAdmission(served.of(resources.RuntimeClasses)),
    createCertificateApproval(authorizer),
    createCertificateSigning(authorizer),
    certificateSubjectRestriction,
    createDefaultIngressClass(served.of(resources.IngressClasses)),
    createPodTopologyLabels(served.of(resources.Nodes)),
    createMutatingPolicies({ served, authorizer, checked: createPolicyMetrics(registry, 'mutating') }),
    createMutatingWebhooks({ served, authorizer, log, metrics }),
    createValidatingPolicies({ served, authorizer, checked: createPolicyMetrics(registry, 'validating') }),
    createValidatingWebhooks({ served, authorizer, log, metrics }),
    createResourceQuota(served.of(resources.ResourceQuotas), store, clock),
  ];
}
