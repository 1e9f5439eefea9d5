/** All descriptors, in the order of discovery; resources without one of their own are plain. */
import type { Descriptor } from '../descriptor.ts';
import type { AnyResource } from '../resource.ts';
import { builtinResources, optionalResources } from '../resources.ts';
import {
  mutatingAdmissionPolicyBindingDescriptor,
  mutatingAdmissionPolicyDescriptor,
  validatingAdmissionPolicyBindingDescriptor,
  validatingAdmissionPolicyDescriptor,
} from './admission/admission-policies.ts';
import {
  mutatingWebhookConfigurationDescriptor,
  validatingWebhookConfigurationDescriptor,
} from './admission/webhook-configurations.ts';
import { controllerRevisionDescriptor } from './apps/controller-revision.ts';
import { certificateSigningRequestDescriptor } from './certificates/certificate-signing-request.ts';
import { leaseDescriptor } from './coordination/lease.ts';
import { bindingDescriptor, componentStatusDescriptor } from './core/component-status.ts';
import { configMapDescriptor } from './core/config-map.ts';
import { namespaceDescriptor } from './core/namespace.ts';
import { secretDescriptor } from './core/secret.ts';
import { serviceAccountDescriptor } from './core/service-account.ts';
import {
  deviceClassDescriptor,
  resourceClaimDescriptor,
  resourceClaimTemplateDescriptor,
  resourceSliceDescriptor,
} from './dynamic-resources/resource-claims.ts';
import { apiServiceDescriptor } from './extensions/api-service.ts';
import { customResourceDefinitionDescriptor } from './extensions/custom-resource-definition.ts';
import { flowSchemaDescriptor } from './flowcontrol/flow-schema.ts';
import { priorityLevelConfigurationDescriptor } from './flowcontrol/priority-level-configuration.ts';
import { ingressClassDescriptor, ingressDescriptor } from './networking/ingress.ts';
import { networkPolicyDescriptor } from './networking/network-policy.ts';
import { ipAddressDescriptor, serviceCidrDescriptor } from './networking/service-cidr.ts';
import { runtimeClassDescriptor } from './node/runtime-class.ts';
import { podDisruptionBudgetDescriptor } from './policy/pod-disruption-budget.ts';
import { clusterRoleBindingDescriptor, roleBindingDescriptor } from './rbac/bindings.ts';
import { clusterRoleDescriptor, roleDescriptor } from './rbac/roles.ts';
import { priorityClassDescriptor } from './scheduling/priority-class.ts';
import { csiDriverDescriptor, csiNodeDescriptor, csiStorageCapacityDescriptor } from './storage/csi.ts';
import { persistentVolumeClaimDescriptor } from './storage/persistent-volume-claim.ts';
import { persistentVolumeDescriptor } from './storage/persistent-volume.ts';
import { storageClassDescriptor } from './storage/storage-class.ts';
import { storageVersionMigrationDescriptor } from './storagemigration/storage-version-migration.ts';
import { volumeAttachmentDescriptor, volumeAttributesClassDescriptor } from './storage/volume-attachment.ts';
import { daemonSetDescriptor } from './apps/daemon-set.ts';
import { deploymentDescriptor } from './apps/deployment.ts';
import { replicaSetDescriptor } from './apps/replica-set.ts';
import { statefulSetDescriptor } from './apps/stateful-set.ts';
import {
  horizontalPodAutoscalerDescriptor,
  horizontalPodAutoscalerV1Descriptor,
} from './autoscaling/horizontal-pod-autoscaler.ts';
import { cronJobDescriptor } from './batch/cron-job.ts';
import { jobDescriptor } from './batch/job.ts';
import { endpointsDescriptor } from './core/endpoints.ts';
import { nodeDescriptor } from './core/node.ts';
import { podTemplateDescriptor } from './core/pod-template.ts';
import { limitRangeDescriptor, resourceQuotaDescriptor } from './core/quotas.ts';
import { replicationControllerDescriptor } from './core/replication-controller.ts';
import { serviceDescriptor } from './core/service.ts';
import { endpointSliceDescriptor } from './discovery/endpoint-slice.ts';
import { eventDescriptor, eventV1Descriptor } from './events/events.ts';
import { podDescriptor } from './pod/pod.ts';

const own: readonly Descriptor<never>[] = [
  podDescriptor,
  eventDescriptor,
  eventV1Descriptor,
  endpointSliceDescriptor,
  serviceDescriptor,
  replicationControllerDescriptor,
  limitRangeDescriptor,
  resourceQuotaDescriptor,
  podTemplateDescriptor,
  nodeDescriptor,
  endpointsDescriptor,
  jobDescriptor,
  cronJobDescriptor,
  horizontalPodAutoscalerDescriptor,
  horizontalPodAutoscalerV1Descriptor,
  statefulSetDescriptor,
  replicaSetDescriptor,
  deploymentDescriptor,
  daemonSetDescriptor,
  apiServiceDescriptor,
  bindingDescriptor,
  certificateSigningRequestDescriptor,
  clusterRoleBindingDescriptor,
  clusterRoleDescriptor,
  componentStatusDescriptor,
  configMapDescriptor,
  controllerRevisionDescriptor,
  csiDriverDescriptor,
  csiNodeDescriptor,
  csiStorageCapacityDescriptor,
  customResourceDefinitionDescriptor,
  deviceClassDescriptor,
  flowSchemaDescriptor,
  ingressClassDescriptor,
  ingressDescriptor,
  ipAddressDescriptor,
  leaseDescriptor,
  mutatingAdmissionPolicyBindingDescriptor,
  mutatingAdmissionPolicyDescriptor,
  mutatingWebhookConfigurationDescriptor,
  namespaceDescriptor,
  networkPolicyDescriptor,
  persistentVolumeClaimDescriptor,
  persistentVolumeDescriptor,
  podDisruptionBudgetDescriptor,
  priorityClassDescriptor,
  priorityLevelConfigurationDescriptor,
  resourceClaimDescriptor,
  resourceClaimTemplateDescriptor,
  resourceSliceDescriptor,
  roleBindingDescriptor,
  roleDescriptor,
  runtimeClassDescriptor,
  secretDescriptor,
  serviceAccountDescriptor,
  serviceCidrDescriptor,
  storageClassDescriptor,
  storageVersionMigrationDescriptor,
  validatingAdmissionPolicyBindingDescriptor,
  validatingAdmissionPolicyDescriptor,
  validatingWebhookConfigurationDescriptor,
  volumeAttachmentDescriptor,
  volumeAttributesClassDescriptor,
];

const byResource = new Map(own.map((descriptor) => [descriptor.resource, descriptor]));

const descriptorOf = (resource: AnyResource): Descriptor<never> => byResource.get(resource) ?? { resource };

export const descriptors: readonly Descriptor<never>[] = builtinResources.map(descriptorOf);

/** Of what is served only where it is switched on. */
export const optionalDescriptors: readonly Descriptor<never>[] = optionalResources.map(({ resource }) =>
  descriptorOf(resource),
);
