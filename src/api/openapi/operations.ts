/** The paths of resources and what may be done there, independent of the version of OpenAPI. */
import { Scale } from '../groups/autoscaling.v1.ts';
import { TokenRequest } from '../groups/authentication.v1.ts';
import { Binding } from '../groups/core.v1.ts';
import { DeleteOptions, Patch, Status, WatchEvent } from '../groups/meta.v1.ts';
import { Eviction } from '../groups/policy.v1.ts';
import { listOf } from '../kind.ts';
import type { GroupVersionKind, KindType } from '../message.ts';
import type { AnyResource, Subresource, Verb } from '../resource.ts';
import type { AnyType, ObjectType } from '../schema.ts';
import {
  deleteParameters,
  listParameters,
  logParameters,
  nameParameter,
  namespaceParameter,
  pathParameter,
  prettyParameter,
  writeQueryParameters,
  type Parameter,
} from './parameters.ts';

export type Method = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch';

export interface Operation {
  readonly method: Method;
  readonly id: string;
  /** Such as list or connect. */
  readonly action: string;
  readonly kind: GroupVersionKind;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly type: AnyType; readonly mediaTypes: readonly string[]; readonly required: boolean };
  /** Undefined: text. */
  readonly answer: ObjectType | undefined;
  readonly codes: readonly number[];
  readonly produces: readonly string[];
}

export interface PathItem {
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly operations: readonly Operation[];
}

const objectTypes = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml'];
const watchTypes = [
  'application/json',
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf',
  'application/vnd.kubernetes.protobuf;stream=watch',
  'application/yaml',
];
const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** Kinds that subresources take and answer. */
const subresourceKinds: Readonly<Record<string, KindType>> = { Scale, Eviction, Binding, TokenRequest };

/** All paths of a resource. */
export function pathsOfResource(resource: AnyResource): readonly PathItem[] {
  const items = [...collectionPaths(resource), ...itemPaths(resource), ...watchPaths(resource)];
  for (const [name, subresource] of Object.entries(resource.subresources)) {
    items.push(...subresourcePaths(resource, name, subresource));
  }
  return items.filter(({ operations }) => operations.length > 0);
}

const has = ({ verbs }: { readonly verbs: readonly Verb[] }, verb: Verb): boolean => verbs.includes(verb);

interface Naming {
  readonly root: string;
  /** Such as AppsV1. */
  readonly groupVersion: string;
  /** Namespaced, or ''. */
  readonly scope: string;
  readonly kind: string;
  readonly scopeParameters: readonly Parameter[];
}

function namingOf(resource: AnyResource): Naming {
  const { group, version, namespaced } = resource;
  return {
    root: group === '' ? `/api/${version}` : `/apis/${group}/${version}`,
    groupVersion: groupWord(group) + capital(version),
    scope: namespaced ? 'Namespaced' : '',
    kind: resource.kind.kind,
    scopeParameters: namespaced ? [namespaceParameter] : [],
  };
}

/** RbacAuthorization for rbac.authorization.k8s.io. */
export function groupWord(group: string): string {
  if (group === '') return 'Core';
  return group
    .replace(/\.k8s\.io$/, '')
    .split('.')
    .map(capital)
    .join('');
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const gvkOf = ({ kind: { group, version, kind } }: AnyResource): GroupVersionKind => ({ group, version, kind });

function collectionPaths(resource: AnyResource): PathItem[] {
  const { root, groupVersion, scope, kind, scopeParameters } = namingOf(resource);
  const list = listOf(resource.kind);
  const gvk = gvkOf(resource);
  const operations: Operation[] = [];
  const listing = {
    action: 'list',
    kind: gvk,
    answer: list,
    codes: [200],
    produces: watchTypes,
    method: 'get',
  } as const;
  if (has(resource, 'list')) {
    operations.push({ ...listing, id: `list${groupVersion}${scope}${kind}`, parameters: listParameters });
  }
  if (has(resource, 'create')) operations.push(creation(resource.kind, gvk, `create${groupVersion}${scope}${kind}`));
  if (has(resource, 'deletecollection')) {
    operations.push({
      ...deletion(gvk, `delete${groupVersion}Collection${scope}${kind}`, Status),
      action: 'deletecollection',
      codes: [200],
      parameters: [...deleteParameters, ...listParameters.filter(({ name }) => !/^(?:watch|allowWatch)/.test(name))],
    });
  }
  const items: PathItem[] = [
    {
      path: resource.namespaced ? `${root}/namespaces/{namespace}/${resource.plural}` : `${root}/${resource.plural}`,
      parameters: [...scopeParameters, prettyParameter],
      operations,
    },
  ];
  if (resource.namespaced && has(resource, 'list')) {
    const id = `list${groupVersion}${kind}ForAllNamespaces`;
    items.push({
      path: `${root}/${resource.plural}`,
      parameters: [...listParameters, prettyParameter],
      operations: [{ ...listing, id, parameters: [] }],
    });
  }
  return items;
}

function itemPath(resource: AnyResource): string {
  const { root } = namingOf(resource);
  const namespace = resource.namespaced ? '/namespaces/{namespace}' : '';
  return `${root}${namespace}/${resource.plural}/{name}`;
}

function itemPaths(resource: AnyResource): PathItem[] {
  const { groupVersion, scope, kind, scopeParameters } = namingOf(resource);
  const operations = objectOperations(resource, resource.kind, gvkOf(resource), `${groupVersion}${scope}${kind}`);
  const parameters = [nameParameter, ...scopeParameters, prettyParameter];
  return [{ path: itemPath(resource), parameters, operations }];
}

/** get, put, delete and patch of one object. */
function objectOperations(
  of: { readonly verbs: readonly Verb[] },
  type: ObjectType,
  kind: GroupVersionKind,
  word: string,
): Operation[] {
  const operations: Operation[] = [];
  const common = { kind, answer: type, produces: objectTypes };
  if (has(of, 'get')) {
    operations.push({ ...common, method: 'get', id: `read${word}`, action: 'get', parameters: [], codes: [200] });
  }
  if (has(of, 'update')) {
    operations.push({
      ...common,
      method: 'put',
      id: `replace${word}`,
      action: 'put',
      parameters: writeQueryParameters(false),
      body: { type, mediaTypes: ['*/*'], required: true },
      codes: [200, 201],
    });
  }
  if (has(of, 'delete')) operations.push(deletion(kind, `delete${word}`, Status));
  if (has(of, 'patch')) {
    operations.push({
      ...common,
      method: 'patch',
      id: `patch${word}`,
      action: 'patch',
      parameters: writeQueryParameters(true),
      body: { type: Patch, mediaTypes: patchTypes, required: true },
      codes: [200, 201],
    });
  }
  return operations;
}

function creation(type: ObjectType, kind: GroupVersionKind, id: string): Operation {
  const body = { type, mediaTypes: ['*/*'], required: true };
  const codes = [200, 201, 202];
  const parameters = writeQueryParameters(false);
  return { method: 'post', id, action: 'post', kind, parameters, body, answer: type, codes, produces: objectTypes };
}

function deletion(kind: GroupVersionKind, id: string, answer: ObjectType): Operation {
  return {
    method: 'delete',
    id,
    action: 'delete',
    kind,
    parameters: deleteParameters,
    body: { type: DeleteOptions, mediaTypes: ['*/*'], required: false },
    answer,
    codes: [200, 202],
    produces: objectTypes,
  };
}

function watchPaths(resource: AnyResource): PathItem[] {
  if (!has(resource, 'watch')) return [];
  const { root, groupVersion, scope, kind, scopeParameters } = namingOf(resource);
  const { plural, namespaced } = resource;
  const watching = (path: string, id: string, action: string, more: readonly Parameter[]): PathItem => ({
    path: `${root}/watch/${path}`,
    parameters: [...listParameters, ...more, prettyParameter],
    operations: [
      {
        method: 'get',
        id,
        action,
        kind: gvkOf(resource),
        parameters: [],
        answer: WatchEvent,
        codes: [200],
        produces: watchTypes,
      },
    ],
  });
  const collection = namespaced ? `namespaces/{namespace}/${plural}` : plural;
  const word = `watch${groupVersion}${scope}${kind}`;
  const items = [
    watching(collection, `${word}List`, 'watchlist', scopeParameters),
    watching(`${collection}/{name}`, word, 'watch', [nameParameter, ...scopeParameters]),
  ];
  if (namespaced) {
    items.push(watching(plural, `watch${groupVersion}${kind}ListForAllNamespaces`, 'watchlist', []));
  }
  return items;
}

const connectMethods: Readonly<Record<string, readonly Method[]>> = {
  proxy: ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'],
};

function subresourcePaths(resource: AnyResource, name: string, subresource: Subresource): PathItem[] {
  const { groupVersion, scope, kind, scopeParameters } = namingOf(resource);
  const path = `${itemPath(resource)}/${name}`;
  const word = `${scope}${kind}${capital(name)}`;
  const parameters = [nameParameter, ...scopeParameters, prettyParameter];
  if (subresource.kind?.endsWith('Options') === true) {
    const gvk = { group: '', version: 'v1', kind: subresource.kind };
    return connections(name, path, `${groupVersion}`, word, gvk, [nameParameter, ...scopeParameters]);
  }
  const own = subresource.kind === undefined ? resource.kind : subresourceKinds[subresource.kind];
  const type = own ?? resource.kind;
  const gvk = { group: type.group, version: type.version, kind: type.kind };
  if (name === 'log') {
    const id = `read${groupVersion}${word}`;
    const produces = [...objectTypes, 'text/plain'];
    const read: Operation = {
      method: 'get',
      id,
      action: 'get',
      kind: gvk,
      parameters: [],
      answer: undefined,
      codes: [200],
      produces,
    };
    return [{ path, parameters: [...logParameters, ...parameters], operations: [read] }];
  }
  const operations = objectOperations(subresource, type, gvk, `${groupVersion}${word}`);
  if (has(subresource, 'create')) operations.push(creation(type, gvk, `create${groupVersion}${word}`));
  return [{ path, parameters, operations }];
}

function connections(
  name: string,
  path: string,
  groupVersion: string,
  word: string,
  kind: GroupVersionKind,
  parameters: readonly Parameter[],
): PathItem[] {
  const methods = connectMethods[name] ?? ['get', 'post'];
  const operations = (suffix: string): Operation[] =>
    methods.map((method) => ({
      method,
      id: `connect${groupVersion}${capital(method)}${word}${suffix}`,
      action: 'connect',
      kind,
      parameters: [],
      answer: undefined,
      codes: [200],
      produces: ['*/*'],
    }));
  const items = [{ path, parameters, operations: operations('') }];
  if (name === 'proxy') {
    items.push({
      path: `${path}/{path}`,
      parameters: [...parameters, pathParameter],
      operations: operations('WithPath'),
    });
  }
  return items;
}
