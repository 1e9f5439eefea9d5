/** pods/binding: the scheduler's decision. It sets the node once, and says so in the pod's conditions. */
import { ApiError } from '../../api/api-error.ts';
import type { Draft } from '../../api/descriptor.ts';
import { notSupported, requiredField, type FieldError } from '../../api/field-error.ts';
import { Binding, type Pod } from '../../api/groups/core.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { withCondition } from '../../api/kinds/conditions.ts';
import { formatTime } from '../../api/time.ts';
import { admitSubresource } from '../admission/admit-subresource.ts';
import type { Api } from '../api.ts';
import type { Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { readObject } from '../verbs/body.ts';
import { checkSaidNamespace, keyOf, nameOf, storageConflict, uidConflict } from '../verbs/target.ts';
import { changeObject } from '../verbs/update.ts';
import { readWriteOptions } from '../verbs/write-options.ts';

export async function bind(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const options = readWriteOptions(request, 'CreateOptions');
  const binding = (await readObject(request, Binding, options)) as Binding;
  checkSaidNamespace(request, binding);
  const metadata = binding.metadata as {
    name?: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  const name = nameOf(request);
  if ((metadata.name ?? '') !== name) {
    throw new ApiError('BadRequest', 'name in URL does not match name in Binding object');
  }
  const errors = validate(binding);
  if (errors.length > 0) {
    const texts = errors.map(({ field, message }) => `${field}: ${message}`);
    throw new ApiError('', texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`);
  }
  if (name === '') throw new ApiError('BadRequest', 'Name parameter required.');
  const { name: node } = binding.target;
  await admitSubresource(api, served, request, binding, options.dryRun);
  await changeObject(api, served, request, options, {
    retry: true,
    tracked: true,
    optionsKind: 'UpdateOptions',
    admitted: true,
    make: (current) => {
      const { metadata: meta, spec, status } = current as unknown as Pod;
      // Deeper nothing changes, and nobody else has a say: admission saw the binding.
      const draft = {
        ...current,
        metadata: { ...meta },
        spec: { ...spec },
        status: { ...status },
      } as Draft<KubeObject>;
      const pod = draft as unknown as Draft<Pod>;
      checkIdentity(served, request, current, metadata);
      checkUnbound(current as unknown as Pod);
      pod.spec.nodeName = node ?? '';
      Object.assign(
        draft.metadata,
        merged('annotations', pod, metadata.annotations),
        merged('labels', pod, metadata.labels),
      );
      markScheduled(pod, api.clock.now());
      return draft;
    },
  });
  return {
    type: 'object',
    status: 201,
    object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
  };
}

function merged(
  field: 'labels' | 'annotations',
  pod: Draft<Pod>,
  added: Readonly<Record<string, string>> | undefined,
): object {
  return added === undefined ? {} : { [field]: { ...pod.metadata[field], ...added } };
}

/** The scheduler decided for one pod, as it saw it. */
function checkIdentity(
  served: Served,
  request: ApiRequest,
  { metadata }: KubeObject,
  { uid = '', resourceVersion = '' }: { readonly uid?: string; readonly resourceVersion?: string },
): void {
  const { name } = metadata;
  const key = keyOf(served, request);
  if (uid !== '' && uid !== metadata.uid) throw uidConflict(served, name, key, uid, metadata.uid);
  if (resourceVersion !== '' && resourceVersion !== metadata.resourceVersion) {
    const why = `ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`;
    throw storageConflict(served, name, key, why);
  }
}

/** @throws ApiError Conflict, of the binding */
function checkUnbound({ metadata: { name, deletionTimestamp }, spec }: Pod): void {
  const refuse = (why: string): ApiError => {
    const kind = 'pods/binding';
    const text = `Operation cannot be fulfilled on ${kind} ${JSON.stringify(name)}: pod ${name} ${why}`;
    return new ApiError('Conflict', text, { name, kind });
  };
  if (deletionTimestamp !== undefined) throw refuse('is being deleted, cannot be assigned to a host');
  if (spec.nodeName) throw refuse(`is already assigned to node ${JSON.stringify(spec.nodeName)}`);
  if ((spec.schedulingGates ?? []).length > 0) throw refuse('has non-empty .spec.schedulingGates');
}

function markScheduled(pod: Draft<Pod>, nowMs: number): void {
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null as unknown as string,
    lastTransitionTime: formatTime(nowMs),
  };
  pod.status.conditions = withCondition(pod.status.conditions ?? [], scheduled);
  // The promise is kept: what was hoped for is now.
  delete pod.status.nominatedNodeName;
}

function validate({ target }: Binding): FieldError[] {
  const errors: FieldError[] = [];
  const { kind, name } = target;
  if (kind !== undefined && kind !== '' && kind !== 'Node')
    errors.push(notSupported('target.kind', kind, ['Node', '<empty>']));
  if (name === undefined || name === '') errors.push(requiredField('target.name'));
  return errors;
}
