/**
 * The objects whose life `lifecycles.test.ts` follows: for each resource of which the conformance suite asks create, get,
 * list, watch, patch, update, delete and deletecollection, one small valid object and what its status may become.
 */
import type { JsonObject } from '../../src/api/schema.ts';

export interface Lifecycle {
  /** `/apis/GROUP/VERSION` or `/api/v1`. */
  readonly group: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly kind: string;
  /** All but apiVersion, kind and metadata. `name`: of the object. */
  readonly body: (name: string) => JsonObject;
  /** What a client may write to the status subresource; undefined: there is none. */
  readonly status?: JsonObject;
  /** The name, where the kind wants another than `NAME`. */
  readonly named?: (name: string) => string;
}

const core = '/api/v1';
const apps = '/apis/apps/v1';
const admission = '/apis/admissionregistration.k8s.io/v1';
const networking = '/apis/networking.k8s.io/v1';
const storage = '/apis/storage.k8s.io/v1';
const dynamic = '/apis/resource.k8s.io/v1';

const container = { name: 'c', image: 'registry.k8s.io/pause:3.10' };
const matchLabels = { app: 'conformance' };
const template = { metadata: { labels: matchLabels }, spec: { containers: [container] } };
const jobTemplate = { metadata: { labels: matchLabels }, spec: { containers: [container], restartPolicy: 'Never' } };
const condition = { type: 'StatusUpdate', status: 'True', reason: 'Test', message: 'Set by a test' };
const conditions = { conditions: [condition] };
const timed = { conditions: [{ ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' }] };
const clientConfig = { url: 'https://webhook.example.com/' };
const webhook = { name: 'a.example.com', clientConfig, sideEffects: 'None', admissionReviewVersions: ['v1'] };
const rules = [{ operations: ['CREATE'], apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['things'] }];
/** A certificate request for the name "e2e", as PEM in base 64. */
const request =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISU1IQUNBUUF3RGpFTU1Bb0dBMVVFQXd3RFpUSmxNRmt3RXdZSEtv' +
  'Wkl6ajBDQVFZSUtvWkl6ajBEQVFjRApRZ0FFK0xPOW02VTVuNys4QzM5UUFkaWdIRk52LzZ3TDc2RWQ3Kzk4UTUyUEVNTWN6TEFBVThQ' +
  'MDNacVk0MVBiClo3Q21rdm1GdzBhMnJONHNCRzM2RDYwcllLQUFNQW9HQ0NxR1NNNDlCQU1DQTBnQU1FVUNJUURYWndublBtTnMKRktZ' +
  'WmtpSjRHeDloRkRyQmlud0dJQ3I1ejVSOEl0QitZd0lnZkhONHZXd083T0srL3o2NEFsT3NSbVBHZVZ6MQpGbzlLMnBDeFpjbHBrNVk9' +
  'Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';
const claim = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] } };
const resourceRules = { matchConstraints: { resourceRules: rules } };

function kind(
  group: string,
  kindName: string,
  rest: Omit<Lifecycle, 'group' | 'kind' | 'plural' | 'namespaced'> & {
    readonly plural?: string;
    readonly cluster?: true;
  },
): Lifecycle {
  const { plural = `${kindName.toLowerCase()}s`, cluster, ...others } = rest;
  return { group, kind: kindName, plural, namespaced: cluster === undefined, ...others };
}

export const lifecycles: readonly Lifecycle[] = [
  kind(core, 'ConfigMap', { body: () => ({ data: { a: '1' } }) }),
  kind(core, 'Secret', { body: () => ({ stringData: { a: '1' } }) }),
  kind(core, 'Endpoints', {
    plural: 'endpoints',
    body: () => ({ subsets: [{ addresses: [{ ip: '10.0.0.24' }], ports: [{ name: 'http', port: 80 }] }] }),
  }),
  kind(core, 'Event', {
    body: (name) => ({
      involvedObject: { kind: 'Pod', namespace: 'default', name },
      type: 'Normal',
      reason: 'Test',
      message: 'Set by a test',
    }),
  }),
  kind(core, 'LimitRange', {
    body: () => ({ spec: { limits: [{ type: 'Container', max: { cpu: '500m' }, min: { cpu: '50m' } }] } }),
  }),
  kind(core, 'PersistentVolume', {
    cluster: true,
    body: () => ({
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp/a' } },
    }),
    status: { message: 'Set by a test', reason: 'Test' },
  }),
  kind(core, 'PersistentVolumeClaim', {
    body: () => ({
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: '' },
    }),
    status: conditions,
  }),
  kind(core, 'Pod', { body: () => ({ spec: { containers: [container] } }), status: conditions }),
  kind(core, 'PodTemplate', { body: () => ({ template }) }),
  kind(core, 'Node', { cluster: true, body: () => ({ spec: {} }), status: conditions }),
  kind(core, 'ReplicationController', {
    body: () => ({ spec: { replicas: 1, selector: matchLabels, template } }),
    status: conditions,
  }),
  kind(core, 'ResourceQuota', {
    body: () => ({ spec: { hard: { cpu: '1', memory: '500Mi' } } }),
    status: { hard: { cpu: '1', memory: '500Mi' } },
  }),
  kind(core, 'Service', {
    body: () => ({ spec: { type: 'LoadBalancer', ports: [{ name: 'http', port: 80, targetPort: 80 }] } }),
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] }, ...timed },
  }),
  kind(core, 'ServiceAccount', { body: () => ({ automountServiceAccountToken: false }) }),
  kind('/apis/events.k8s.io/v1', 'Event', {
    body: (name) => ({
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'test',
      reportingInstance: 'test-1',
      action: 'Do',
      reason: 'Test',
      type: 'Normal',
      note: 'Set by a test',
      regarding: { kind: 'Pod', namespace: 'default', name },
    }),
  }),
  kind(apps, 'ControllerRevision', { body: () => ({ revision: 1, data: { spec: { a: 1 } } }) }),
  kind(apps, 'DaemonSet', { body: () => ({ spec: { selector: { matchLabels }, template } }), status: conditions }),
  kind(apps, 'Deployment', { body: () => ({ spec: { selector: { matchLabels }, template } }), status: conditions }),
  kind(apps, 'ReplicaSet', { body: () => ({ spec: { selector: { matchLabels }, template } }), status: conditions }),
  kind(apps, 'StatefulSet', {
    body: () => ({ spec: { serviceName: 'test', selector: { matchLabels }, template } }),
    status: conditions,
  }),
  kind('/apis/batch/v1', 'CronJob', {
    body: () => ({
      spec: { schedule: '*/1 * * * ?', concurrencyPolicy: 'Allow', jobTemplate: { spec: { template: jobTemplate } } },
    }),
    status: { lastScheduleTime: '2026-01-01T00:00:00Z' },
  }),
  kind('/apis/batch/v1', 'Job', {
    body: () => ({ spec: { suspend: true, template: jobTemplate } }),
    status: conditions,
  }),
  kind('/apis/policy/v1', 'PodDisruptionBudget', {
    body: () => ({ spec: { minAvailable: 1, selector: { matchLabels } } }),
    status: timed,
  }),
  kind('/apis/coordination.k8s.io/v1', 'Lease', {
    body: () => ({ spec: { holderIdentity: 'holder', leaseDurationSeconds: 30, leaseTransitions: 0 } }),
  }),
  kind('/apis/certificates.k8s.io/v1', 'CertificateSigningRequest', {
    cluster: true,
    body: () => ({
      spec: { request, signerName: 'example.com/test', expirationSeconds: 3600, usages: ['client auth'] },
    }),
    status: timed,
  }),
  kind('/apis/discovery.k8s.io/v1', 'EndpointSlice', {
    body: () => ({ addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.24'] }], ports: [{ name: '', port: 80 }] }),
  }),
  kind(networking, 'Ingress', {
    plural: 'ingresses',
    body: () => ({ spec: { defaultBackend: { service: { name: 'default-backend', port: { number: 80 } } } } }),
    status: { loadBalancer: { ingress: [{ ip: '169.1.1.1' }] } },
  }),
  kind(networking, 'IngressClass', {
    plural: 'ingressclasses',
    cluster: true,
    body: () => ({ spec: { controller: 'example.com/controller' } }),
  }),
  kind(networking, 'ServiceCIDR', {
    cluster: true,
    body: (name) => ({ spec: { cidrs: [`10.${200 + name.charCodeAt(name.length - 1) - 97}.0.0/24`] } }),
    status: timed,
  }),
  kind(networking, 'IPAddress', {
    plural: 'ipaddresses',
    cluster: true,
    named: (name) => `192.168.1.${name.charCodeAt(name.length - 1)}`,
    body: (name) => ({ spec: { parentRef: { group: '', resource: 'services', name, namespace: 'default' } } }),
  }),
  kind('/apis/node.k8s.io/v1', 'RuntimeClass', {
    plural: 'runtimeclasses',
    cluster: true,
    body: () => ({ handler: 'runc' }),
  }),
  kind('/apis/scheduling.k8s.io/v1', 'PriorityClass', {
    plural: 'priorityclasses',
    cluster: true,
    body: () => ({ value: 1, description: 'Set by a test' }),
  }),
  kind(storage, 'CSIDriver', { cluster: true, body: () => ({ spec: { attachRequired: false } }) }),
  kind(storage, 'CSINode', {
    cluster: true,
    body: () => ({ spec: { drivers: [{ name: 'driver.example.com', nodeID: 'a', topologyKeys: ['zone'] }] } }),
  }),
  kind(storage, 'CSIStorageCapacity', {
    plural: 'csistoragecapacities',
    body: () => ({ storageClassName: 'a', capacity: '1Gi', nodeTopology: { matchLabels: { zone: 'a' } } }),
  }),
  kind(storage, 'StorageClass', {
    plural: 'storageclasses',
    cluster: true,
    body: () => ({ provisioner: 'example.com/provisioner' }),
  }),
  kind(storage, 'VolumeAttachment', {
    cluster: true,
    body: () => ({ spec: { attacher: 'example.com', nodeName: 'a', source: { persistentVolumeName: 'a' } } }),
    status: { attached: true },
  }),
  kind(storage, 'VolumeAttributesClass', {
    plural: 'volumeattributesclasses',
    cluster: true,
    body: () => ({ driverName: 'example.com', parameters: { iops: '100' } }),
  }),
  kind(dynamic, 'DeviceClass', { plural: 'deviceclasses', cluster: true, body: () => ({ spec: {} }) }),
  kind(dynamic, 'ResourceClaim', { body: () => ({ spec: claim }), status: {} }),
  kind(dynamic, 'ResourceClaimTemplate', { body: () => ({ spec: { spec: claim } }) }),
  kind(dynamic, 'ResourceSlice', {
    cluster: true,
    body: (name) => ({
      spec: {
        driver: 'driver.example.com',
        nodeName: 'a',
        pool: { name, generation: 1, resourceSliceCount: 1 },
        devices: [{ name: 'gpu' }],
      },
    }),
  }),
  kind(admission, 'MutatingWebhookConfiguration', {
    cluster: true,
    body: () => ({ webhooks: [{ ...webhook, rules }] }),
  }),
  kind(admission, 'ValidatingWebhookConfiguration', {
    cluster: true,
    body: () => ({ webhooks: [{ ...webhook, rules }] }),
  }),
  kind(admission, 'ValidatingAdmissionPolicy', {
    plural: 'validatingadmissionpolicies',
    cluster: true,
    body: () => ({ spec: { ...resourceRules, validations: [{ expression: 'true' }] } }),
    status: timed,
  }),
  kind(admission, 'ValidatingAdmissionPolicyBinding', {
    cluster: true,
    body: () => ({ spec: { policyName: 'none.example.com', validationActions: ['Deny'] } }),
  }),
  kind(admission, 'MutatingAdmissionPolicy', {
    plural: 'mutatingadmissionpolicies',
    cluster: true,
    body: () => ({
      spec: {
        ...resourceRules,
        reinvocationPolicy: 'Never',
        mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }],
      },
    }),
  }),
  kind(admission, 'MutatingAdmissionPolicyBinding', {
    cluster: true,
    body: () => ({ spec: { policyName: 'none.example.com' } }),
  }),
];
