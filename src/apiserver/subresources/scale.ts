/** The scale subresource: the number of replicas of any kind that has one, as an autoscaling/v1 Scale. */
import { ApiError } from '../../api/api-error.ts';
import { applyConfiguration } from '../../api/apply/apply-configuration.ts';
import type { ManagedFieldsEntry } from '../../api/apply/managed-fields.ts';
import { trackUpdate } from '../../api/apply/track-update.ts';
import type { Draft, ScalePaths, TableColumns } from '../../api/descriptor.ts';
import { ageColumn, column, countColumn, table } from '../../api/kinds/columns.ts';
import { nonNegative } from '../../api/kinds/number-errors.ts';
import { invalidError } from '../../api/field-error.ts';
import { Scale } from '../../api/groups/autoscaling.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { objectMetaErrors } from '../../api/object-meta.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import { settled } from '../registry/conversion-pending.ts';
import { servedObject, type Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { isObject } from '../verbs/body-kind.ts';
import { readObject } from '../verbs/body.ts';
import { patchedBy, patchType, readPatchOptions } from '../verbs/patch.ts';
import { decodePatched, readApplied } from '../verbs/patch-body.ts';
import { managersAfterScale, managersOfScale, type ReplicasPath } from './scale-managers.ts';
import { checkSaidNamespace, currentEntry, nameOf, otherNameError, otherNamespaceError } from '../verbs/target.ts';
import { changeObject } from '../verbs/update.ts';
import { readWriteOptions, type WriteOptions } from '../verbs/write-options.ts';

export async function getScale(_api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const object = await settled(() => servedObject(served, currentEntry(served, request)));
  return scaleAnswer(served, object);
}

/** Scales have columns of their own, whatever they are of. */
const scaleTable = table<Scale & KubeObject>([
  column('Name', ({ metadata }) => metadata.name),
  countColumn('Desired', ({ spec }) => spec.replicas ?? 0),
  countColumn('Available', ({ status }) => status?.replicas ?? 0),
  ageColumn,
]);

function scaleAnswer(served: Served, object: KubeObject): Answer {
  const { cache, resource } = served;
  const scales = { ...resource, kind: Scale, plural: 'scales', group: Scale.group, version: Scale.version };
  const descriptor = { resource: scales, table: scaleTable as TableColumns<KubeObject> };
  return {
    type: 'object',
    status: 200,
    object: scaleOf(served, object),
    served: { resource: scales, descriptor, type: Scale, cache, itemsCarryType: false },
  };
}

export async function updateScale(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const options = readWriteOptions(request, 'UpdateOptions');
  const scale = (await readObject(request, Scale, options)) as Scale;
  checkSaidNamespace(request, scale);
  checkNamed(scale, nameOf(request));
  return writeScale(api, served, request, options, () => scale);
}

export async function patchScale(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const type = patchType(served, request);
  const options = readPatchOptions(request, type);
  if (type !== 'apply') {
    return writeScale(api, served, request, options, (current) => {
      const patched = patchedBy(request, type, Scale, current, options);
      return decodePatched(request, Scale, patched, options) as unknown as Scale;
    });
  }
  return writeScale(api, served, request, options, async (live) => {
    const { object, managedFields } = applyConfiguration({
      type: Scale,
      live,
      applied: await readApplied(request, Scale, options),
      manager: options.fieldManager,
      force: options.force,
      subresource: 'scale',
      nowMs: api.clock.now(),
      withDefaults: (draft: object) => draft as Draft<Scale>,
    });
    Object.assign((object as { metadata: object }).metadata, { managedFields });
    return object;
  });
}

/** `wanted`: the Scale that is to be, whose managedFields count when it was applied. */
async function writeScale(
  api: Api,
  served: Served,
  request: ApiRequest,
  options: WriteOptions,
  wanted: (current: JsonObject) => Scale | Promise<Scale>,
): Promise<Answer> {
  const isPatch = request.info.verb === 'patch';
  const isApply = isPatch && patchType(served, request) === 'apply';
  const pathIn = replicasPaths(api, served);
  const answer = await changeObject(api, served, request, options, {
    retry: true,
    optionsKind: isPatch ? 'PatchOptions' : 'UpdateOptions',
    tracked: true,
    part: {
      show: (object) => scaleOf(served, object),
      take: (draft, shown) => setReplicas(served, draft, shown as unknown as Scale),
    },
    make: async (current) => {
      const managers = current.metadata.managedFields ?? [];
      const before = scaleOf(served, current, managersOfScale(managers, pathIn));
      const scale = await wanted(before);
      const tracked = isApply
        ? scale.metadata?.managedFields
        : trackUpdate({
            type: Scale,
            before,
            after: scale,
            manager: options.fieldManager,
            subresource: 'scale',
            nowMs: api.clock.now(),
          });
      const draft = withReplicas(served, current, scale, isPatch);
      const managedFields = managersAfterScale({
        managedFields: managers,
        scaleFields: tracked ?? [],
        pathIn,
        apiVersion: served.type.apiVersion,
      });
      return Object.assign(draft, { metadata: { ...draft.metadata, managedFields } });
    },
  });
  if (answer.type !== 'entry' && answer.type !== 'object') throw new Error('A scale was written without an answer');
  const object = await settled(() => (answer.type === 'entry' ? servedObject(served, answer.entry) : answer.object));
  return scaleAnswer(served, object as unknown as KubeObject);
}

/** Where each version of the kind keeps the number. */
function replicasPaths(api: Api, { resource }: Served): ReplicasPath {
  return (apiVersion) => {
    const version = api.resources
      .all()
      .find((other) => other.resource.plural === resource.plural && other.type.apiVersion === apiVersion);
    if (version === undefined) return undefined;
    const path = version.descriptor.scale?.specReplicas;
    return path === undefined ? 'none' : steps(path);
  };
}

function checkNamed({ metadata }: Scale, name: string): void {
  const said = (metadata as { name?: string } | undefined)?.name ?? '';
  if (said !== name) throw otherNameError(said, name);
}

function withReplicas(served: Served, current: KubeObject, scale: Scale, isPatch: boolean): Draft<KubeObject> {
  const { name } = current.metadata;
  checkNamed(scale, name);
  const { namespace } = current.metadata;
  const saidNamespace = scale.metadata?.namespace ?? '';
  if (saidNamespace !== '' && saidNamespace !== namespace) throw otherNamespaceError();
  // An object without a namespace has that of the path.
  const place = namespace === undefined ? {} : { namespace };
  const errors = [
    ...objectMetaErrors({ ...scale.metadata, ...place }, { namespaced: served.resource.namespaced }),
    ...nonNegative(scale.spec?.replicas, 'spec.replicas'),
  ];
  if (errors.length > 0) throw invalidError('autoscaling', 'Scale', name, errors);
  const { resourceVersion, uid } = (scale.metadata ?? {}) as { resourceVersion?: string; uid?: string };
  if (isPatch && uid && uid !== current.metadata.uid) throw otherUidError(served, current, uid);
  const draft = structuredClone(current) as Draft<KubeObject> & Record<string, Json>;
  if (resourceVersion !== undefined && resourceVersion !== '') draft.metadata.resourceVersion = resourceVersion;
  if (uid !== undefined && uid !== '') draft.metadata.uid = uid;
  setReplicas(served, draft, scale);
  return draft;
}

/** A uid in a patch is not looked at before the patch is applied, and then as one of the scale. */
function otherUidError({ resource }: Served, { metadata }: KubeObject, uid: string): ApiError {
  const { plural, group } = resource;
  const { name } = metadata;
  const kind = `${plural}/scale`;
  const qualified = group === '' ? kind : `${kind}.${group}`;
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`;
  return new ApiError('Conflict', `Operation cannot be fulfilled on ${qualified} ${JSON.stringify(name)}: ${why}`, {
    name,
    group,
    kind,
  });
}

function setReplicas(served: Served, draft: Draft<KubeObject>, { spec }: Scale): void {
  const { specReplicas } = pathsOf(served);
  setPath(draft as unknown as Record<string, Json>, specReplicas, spec?.replicas ?? 0);
}

function scaleOf(served: Served, object: KubeObject, managedFields: readonly ManagedFieldsEntry[] = []): JsonObject {
  const paths = pathsOf(served);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const value = object as unknown as JsonObject;
  const selector = paths.selector(value);
  const replicas = numberAt(value, paths.specReplicas);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
      ...(managedFields.length === 0 ? {} : { managedFields: managedFields as unknown as Json }),
    },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: numberAt(value, paths.statusReplicas), ...(selector === '' ? {} : { selector }) },
  };
}

function pathsOf(served: Served): ScalePaths {
  const { scale } = served.descriptor;
  if (scale === undefined) throw new ApiError('NotFound', 'the server could not find the requested resource');
  return scale;
}

function numberAt(object: JsonObject, path: string): number {
  let value: Json | undefined = object;
  for (const part of steps(path)) value = isObject(value) ? value[part] : undefined;
  return typeof value === 'number' ? value : 0;
}

function setPath(object: Record<string, Json>, path: string, value: number): void {
  const parts = steps(path);
  const last = parts.pop() ?? '';
  let inner = object;
  for (const part of parts) {
    const next = isObject(inner[part]) ? { ...inner[part] } : {};
    inner[part] = next;
    inner = next;
  }
  inner[last] = value;
}

const steps = (path: string): string[] => path.split('.').filter((part) => part !== '');
