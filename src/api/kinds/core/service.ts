import type { Descriptor, Draft } from '../../descriptor.ts';
import type { Service } from '../../groups/core.v1.ts';
import { samePlain } from '../../equality.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { Services } from '../../resources.ts';
import { labelsText, loadBalancerText, orNone } from '../cells.ts';
import { ageColumn, column, nameColumn, table, wideColumn } from '../columns.ts';
import { isOpenToWorld, serviceErrors, serviceUpdateErrors, serviceStatusErrors } from './service-errors.ts';
import { familyDefaults } from './service-families.ts';
import { serviceWarnings } from './service-warnings.ts';
import { selectable } from '../selectable.ts';

export const serviceDescriptor: Descriptor<Service> = {
  resource: Services,
  metadataInUpdate: 'both',
  createOnUpdate: true,
  nameErrors: dnsLabelErrors,
  defaults,
  prepareForCreate(draft) {
    draft.status = { loadBalancer: {} };
    alignAddresses(draft.spec, undefined);
    familyDefaults(draft.spec, undefined);
  },
  prepareForUpdate(draft, old, { subresource }) {
    const before = old as Draft<Service>;
    if (subresource === 'status') {
      draft.spec = before.spec;
      addressModes(draft);
      return;
    }
    draft.status = before.status;
    if (old.spec.type === 'LoadBalancer' && draft.spec.type !== 'LoadBalancer')
      draft.status = { ...draft.status, loadBalancer: {} };
    keepAllocated(draft, old);
    alignAddresses(draft.spec, old.spec);
    dropOfOldType(draft.spec, old.spec);
    familyDefaults(draft.spec, old.spec);
  },
  resetFields: { '': [['status']], status: [['spec']] },
  validateCreate: serviceErrors,
  validateUpdate: (service, old, { subresource }) =>
    subresource === 'status' ? serviceStatusErrors(service) : serviceUpdateErrors(service, old),
  warnings: (service, _old, context) => serviceWarnings(service, context),
  ...selectable<Service>({
    name: ({ metadata }) => metadata.name,
    'spec.clusterIP': ({ spec }) => spec.clusterIP,
    'spec.type': ({ spec }) => spec.type,
  }),
  deleteAnswersObject: true,
  table: table<Service>([
    nameColumn,
    column('Type', ({ spec }) => spec.type ?? ''),
    column('Cluster-IP', ({ spec }) => spec.clusterIPs?.[0] ?? '<none>'),
    column('External-IP', externalText),
    column('Port(s)', ({ spec }) => {
      return orNone(
        (spec.ports ?? [])
          .map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`)
          .join(','),
      );
    }),
    ageColumn,
    wideColumn('Selector', ({ spec }) => labelsText(spec.selector)),
  ]),
};

function defaults({ spec }: Draft<Service>): void {
  if (!spec.sessionAffinity) spec.sessionAffinity = 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds == null) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } };
  }
  if (!spec.type) spec.type = 'ClusterIP';
  for (const port of spec.ports ?? []) {
    if (!port.protocol) port.protocol = 'TCP';
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if ((external || (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0)) && !spec.externalTrafficPolicy) {
    spec.externalTrafficPolicy = 'Cluster';
  }
  if (external || spec.type === 'ClusterIP') {
    if (!spec.internalTrafficPolicy) spec.internalTrafficPolicy = 'Cluster';
  }
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

/** Unless the balancer says otherwise, its addresses are reached inside the cluster without it. */
function addressModes({ spec, status }: Draft<Service>): void {
  if (spec.type !== 'LoadBalancer') return;
  for (const ingress of status.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
}

type Spec = Draft<Service>['spec'];

/** The field for one address and the field for many say the same; who changes one changes both. */
function alignAddresses(spec: Spec, old: Service['spec'] | undefined): void {
  const listed = spec.clusterIPs ?? [];
  if (old === undefined) {
    if (spec.clusterIP && listed.length === 0) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const isSame = (spec.clusterIP ?? '') === (old.clusterIP ?? '');
  if (isSame && listed.length === 0 && old.clusterIPs !== undefined) spec.clusterIPs = [...old.clusterIPs];
  else if (!isSame && samePlain(listed, old.clusterIPs ?? [])) {
    if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
    else delete spec.clusterIPs;
  }
}

/** What the old type had and the new one has no use for, unless the client gave something new. */
function dropOfOldType(spec: Spec, old: Service['spec']): void {
  const drop = (name: keyof Spec): void => {
    if (samePlain(spec[name], old[name])) delete spec[name];
  };
  if (spec.type === 'ExternalName' && old.type !== 'ExternalName') {
    drop('clusterIP');
    drop('clusterIPs');
    drop('ipFamilies');
    drop('ipFamilyPolicy');
    drop('internalTrafficPolicy');
  }
  const had = new Set((old.ports ?? []).map(({ nodePort }) => nodePort ?? 0)).add(0);
  const addsNone = (spec.ports ?? []).every(({ nodePort }) => had.has(nodePort ?? 0));
  if (needsNodePorts(old) && !needsNodePorts(spec) && addsNone) {
    for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (isOpenToWorld(old) && !isOpenToWorld(spec)) drop('externalTrafficPolicy');
  if (needsHealthPort(old) && !needsHealthPort(spec)) drop('healthCheckNodePort');
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    drop('allocateLoadBalancerNodePorts');
    drop('loadBalancerClass');
  }
}

/** An update that leaves out what the server gave keeps it. */
function keepAllocated({ spec }: Draft<Service>, { spec: before }: Service): void {
  if (spec.type !== 'ExternalName' && before.type !== 'ExternalName') {
    if (!spec.clusterIP && before.clusterIP) spec.clusterIP = before.clusterIP;
    if ((spec.clusterIPs ?? []).length === 0 && before.clusterIPs) spec.clusterIPs = [...before.clusterIPs];
  }
  if (needsNodePorts(spec) && needsNodePorts(before)) keepNodePorts(spec, before);
  const keepsHealthPort = needsHealthPort(spec) && needsHealthPort(before);
  if (keepsHealthPort && !spec.healthCheckNodePort && before.healthCheckNodePort) {
    spec.healthCheckNodePort = before.healthCheckNodePort;
  }
}

/** A port is known by its name; its number stays with it unless another port asks for that. */
function keepNodePorts(spec: Spec, before: Service['spec']): void {
  const given = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort));
  const known = new Map((before.ports ?? []).map(({ name = '', nodePort }) => [name, nodePort]));
  for (const port of spec.ports ?? []) {
    const nodePort = known.get(port.name ?? '');
    if (!port.nodePort && nodePort && !given.has(nodePort)) port.nodePort = nodePort;
  }
}

function needsNodePorts({ type }: Service['spec']): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

function needsHealthPort({ type, externalTrafficPolicy }: Service['spec']): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

function externalText({ spec, status }: Service): string {
  const external = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ExternalName':
      return spec.externalName ?? '';
    case 'LoadBalancer': {
      const balancer = loadBalancerText(status.loadBalancer?.ingress);
      return [...(balancer === '' ? [] : [balancer]), ...external].join(',') || '<pending>';
    }
    case 'ClusterIP':
    case 'NodePort':
      return orNone(external.join(','));
    default:
      return '<unknown>';
  }
}
