/** The texts of `kubectl explain` and the declarations must name the same things. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as resources from '../resources.ts';
import { resolve, type AnyType, type ObjectType } from '../schema.ts';
import { describeField, describeType, descriptions } from './descriptions.ts';
import { namedScalars } from './schemas.ts';

const groups = join(import.meta.dirname, '../groups');

test('every described type and field is declared', async () => {
  const declared = new Map<string, ReadonlySet<string>>();
  for (const { name } of Object.values(namedScalars)) declared.set(name, new Set());
  for (const file of readdirSync(groups)) {
    const exports = (await import(join(groups, file))) as Record<string, unknown>;
    for (const value of Object.values(exports)) {
      if (isObjectType(value)) declared.set(value.name, new Set(Object.keys(value.fields)));
    }
  }
  const unknown: string[] = [];
  for (const [type, fields] of Object.entries(descriptions)) {
    const known = declared.get(type);
    if (known === undefined) unknown.push(type);
    for (const field of Object.keys(fields)) {
      if (field !== '' && known?.has(field) === false) unknown.push(`${type}: ${field}`);
    }
  }
  assert.deepEqual(unknown, []);
});

/** Kinds that people ask about; what they hold is described to the last field. */
const explained = [
  resources.Pods,
  resources.PodTemplates,
  resources.Deployments,
  resources.ReplicaSets,
  resources.StatefulSets,
  resources.DaemonSets,
  resources.ControllerRevisions,
  resources.ReplicationControllers,
  resources.Jobs,
  resources.CronJobs,
  resources.Services,
  resources.Endpoints,
  resources.EndpointSlices,
  resources.Events,
  resources.Ingresses,
  resources.IngressClasses,
  resources.NetworkPolicies,
  resources.ConfigMaps,
  resources.Secrets,
  resources.ServiceAccounts,
  resources.Namespaces,
  resources.Nodes,
  resources.PersistentVolumes,
  resources.PersistentVolumeClaims,
  resources.StorageClasses,
  resources.Roles,
  resources.ClusterRoles,
  resources.RoleBindings,
  resources.ClusterRoleBindings,
  resources.Leases,
  resources.PodDisruptionBudgets,
  resources.HorizontalPodAutoscalers,
  resources.ResourceQuotas,
  resources.LimitRanges,
  resources.PriorityClasses,
  resources.CustomResourceDefinitions,
];

/** Volumes of drivers that left Kubernetes: their name says all there is to know. */
const formerDriver =
  /\.v1\.(?:AWSElasticBlockStore|Azure(?:Disk|File)|CephFS|Cinder|Flex|Flocker|GCEPersistentDisk|GitRepo|Glusterfs|PhotonPersistentDisk|Portworx|Quobyte|RBD|ScaleIO|StorageOS|VsphereVirtualDisk)(?:Persistent)?VolumeSource$/;

test('the kinds that people ask about are described to the last field', () => {
  const missing: string[] = [];
  const seen = new Set<ObjectType>();
  const visit = (type: AnyType): void => {
    const known = resolve(type);
    if (known.type === 'list' || known.type === 'map') return visit(known.of);
    if (known.type !== 'object' || seen.has(known) || formerDriver.test(known.name)) return;
    seen.add(known);
    if (describeType(known.name) === undefined) missing.push(known.name);
    for (const [name, field] of Object.entries(known.fields)) {
      if (describeField(known, name) === undefined) missing.push(`${known.name}: ${name}`);
      visit(field.type);
    }
  };
  for (const { kind } of explained) visit(kind);
  assert.deepEqual(missing, []);
});

test('descriptions are sentences', () => {
  for (const [type, fields] of Object.entries(descriptions)) {
    for (const [field, text] of Object.entries(fields)) {
      assert.match(text, /^\S.*\S$/, `${type}: ${field}`);
      assert.ok(text.length <= 300, `${type}: ${field} is too long`);
    }
  }
});

const isObjectType = (value: unknown): value is ObjectType =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'object';
