/**
 * Admission of streams into pods, services and nodes (CONNECT): plugins see the options of the connection, which stand in
 * its query, as an object, and may change them.
 */
import { decode } from '../../api/codec/decode.ts';
import type { Draft } from '../../api/descriptor.ts';
import { PodAttachOptions, PodExecOptions, PodPortForwardOptions } from '../../api/groups/core.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { ObjectType, Json, JsonObject } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import type { Served } from '../registry/served.ts';
import type { ApiRequest } from '../request.ts';
import { isTrueParameter } from '../request-info.ts';
import { targetOf } from '../verbs/target.ts';
import type { Admitted } from './admission.ts';
import { requester } from './admitted.ts';

/** By subresource; those of a proxy have only the path, which nothing changes. */
const types: Readonly<Record<string, ObjectType>> = {
  attach: PodAttachOptions,
  exec: PodExecOptions,
  portforward: PodPortForwardOptions,
};

/** The request with the query that admission leaves. */
export async function admitConnect(api: Api, served: Served, request: ApiRequest): Promise<ApiRequest> {
  const { namespace, name = '', subresource } = targetOf(request);
  const { kind = '', apiVersion = '' } = served.resource.subresources[subresource] ?? {};
  const type = types[subresource];
  const options = type === undefined ? proxyOptions(request) : optionsOf(type, request.query);
  const object = { kind, apiVersion, ...options } as unknown as Draft<KubeObject>;
  const before = JSON.stringify(object);
  const admitted: Admitted = {
    operation: 'CONNECT',
    served,
    namespace,
    name,
    subresource,
    object,
    old: undefined,
    options: {},
    dryRun: false,
    ...requester(request),
  };
  await api.admission.mutate(admitted);
  await api.admission.validate(admitted);
  if (type === undefined || JSON.stringify(object) === before) return request;
  return { ...request, query: queryOf(type, object) };
}

/** What follows `proxy` in the path. */
function proxyOptions({ info }: ApiRequest): JsonObject {
  const rest = info.resource?.rest ?? '';
  const slash = info.path.endsWith('/') ? '/' : '';
  const path = rest === '' ? slash : `/${rest}${slash}`;
  return path === '' ? {} : { path };
}

function optionsOf(type: ObjectType, query: URLSearchParams): JsonObject {
  const options: Record<string, Json> = {};
  for (const [name, { type: field }] of Object.entries(type.fields)) {
    const values = query.getAll(name);
    const [first] = values;
    if (first === undefined) continue;
    if (name === 'ports') options[name] = values.flatMap((text) => text.split(',')).map(Number);
    else options[name] = field.type === 'list' ? values : flags.has(name) ? isTrueParameter(first) : first;
  }
  return decode(type, options).value as JsonObject;
}

const flags = new Set(['stdin', 'stdout', 'stderr', 'tty']);

function queryOf(type: ObjectType, object: object): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of Object.keys(type.fields)) {
    const value = (object as JsonObject)[name];
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null && each !== false) query.append(name, String(each));
    }
  }
  return query;
}
