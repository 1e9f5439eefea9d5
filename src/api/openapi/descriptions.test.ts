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
  for (const { name, fields } of await declaredTypes()) declared.set(name, new Set(Object.keys(fields)));
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
    const known = itemOf(type);
    if (known.type !== 'object' || seen.has(known) || formerDriver.test(known.name)) return;
    seen.add(known);
    for (const [name, field] of Object.entries(known.fields)) {
      if (describeField(known, name) === undefined) missing.push(`${known.name}: ${name}`);
      visit(field.type);
    }
  };
  for (const { kind } of explained) {
    if (describeType(kind.name) === undefined) missing.push(kind.name);
    visit(kind);
  }
  assert.deepEqual(missing, []);
});

test('a field does not repeat its type, as kubectl explain shows both', async () => {
  const repeated: string[] = [];
  for (const type of await declaredTypes()) {
    for (const [name, field] of Object.entries(type.fields)) {
      const of = itemOf(field.type);
      const [text, typeText] = [describeField(type, name), of.type === 'object' ? describeType(of.name) : undefined];
      if (text === undefined || typeText === undefined) continue;
      if (text.startsWith(typeText.slice(0, -1)) || typeText.startsWith(text.slice(0, -1))) {
        repeated.push(`${type.name}: ${name}`);
      }
    }
  }
  assert.deepEqual(repeated, []);
});

test('descriptions are sentences', () => {
  for (const [type, fields] of Object.entries(descriptions)) {
    for (const [field, text] of Object.entries(fields)) {
      assert.match(text, /^\S.*\S$/, `${type}: ${field}`);
      assert.ok(text.length <= 300, `${type}: ${field} is too long`);
    }
  }
});

async function declaredTypes(): Promise<readonly ObjectType[]> {
  const modules = await Promise.all(readdirSync(groups).map((file) => import(join(groups, file))));
  return modules.flatMap((exports) => Object.values(exports as Record<string, unknown>)).filter(isObjectType);
}

/** What a list or map holds. */
function itemOf(type: AnyType): AnyType {
  const known = resolve(type);
  return known.type === 'list' || known.type === 'map' ? itemOf(known.of) : known;
}

const isObjectType = (value: unknown): value is ObjectType =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'object';
