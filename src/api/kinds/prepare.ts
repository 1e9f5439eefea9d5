/**
 * What most kinds do before a write: the main endpoint may not touch the status, the status endpoint nothing else, and
 * metadata.generation counts the changes of what was asked for.
 *
 * Before an update the server has already carried over the old generation.
 */
import { sameValue } from '../equality.ts';
import type { Descriptor, Draft } from '../descriptor.ts';
import type { KubeObject } from '../kind.ts';
import type { AnyResource } from '../resource.ts';

export interface PrepareOptions {
  /** The field whose changes raise the generation; default: spec. */
  readonly counted?: string;
  /** The generation is not kept: the kind has none. */
  readonly withoutGeneration?: boolean;
  /** What of the metadata a write of the status keeps as it was: nothing, the labels, or all that clients may say there. */
  readonly statusKeeps?: 'labels' | 'metadata';
  /** Annotations count like the spec. */
  readonly annotationsCount?: boolean;
}

interface Parts {
  spec?: unknown;
  status?: unknown;
  metadata: {
    generation?: number | undefined;
    labels?: unknown;
    annotations?: unknown;
    finalizers?: unknown;
    ownerReferences?: unknown;
  };
}

type Prepared<T> = Required<Pick<Descriptor<T>, 'prepareForCreate' | 'prepareForUpdate' | 'resetFields'>>;

/** For kinds with spec and status. */
export function prepareWithStatus<T extends KubeObject>(
  resource: AnyResource,
  options: PrepareOptions = {},
): Prepared<T> {
  return {
    prepareForCreate(draft) {
      const parts = partsOf(draft);
      clearStatus(resource, parts);
      if (options.withoutGeneration !== true) parts.metadata.generation = 1;
    },
    prepareForUpdate(draft, old, { subresource }) {
      const parts = partsOf(draft);
      const before = partsOf(old as Draft<T>);
      if (subresource === 'status') {
        parts.spec = before.spec;
        if (options.statusKeeps === 'labels') parts.metadata.labels = before.metadata.labels;
        if (options.statusKeeps === 'metadata') keepSaid(parts, before);
        return;
      }
      parts.status = before.status;
      if (options.withoutGeneration !== true) countChange(resource, parts, before, options);
    },
    resetFields: { '': [['status']], status: [['spec'], ...keptOf(options)] },
  };
}

function keptOf({ statusKeeps }: PrepareOptions): string[][] {
  if (statusKeeps === undefined) return [];
  return [statusKeeps === 'labels' ? ['metadata', 'labels'] : ['metadata']];
}

/** A write of the status changes nothing that people or owners said of the object. */
export function keepSaid(draft: Parts, old: Parts): void {
  for (const name of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) {
    if (old.metadata[name] === undefined) delete draft.metadata[name];
    else draft.metadata[name] = old.metadata[name];
  }
}

/** For kinds without a status whose generation counts changes of one field. */
export function prepareWithGeneration<T extends KubeObject>(
  resource: AnyResource,
  options: PrepareOptions = {},
): Pick<Prepared<T>, 'prepareForCreate' | 'prepareForUpdate'> {
  return {
    prepareForCreate(draft) {
      partsOf(draft).metadata.generation = 1;
    },
    prepareForUpdate(draft, old) {
      countChange(resource, partsOf(draft), partsOf(old as Draft<T>), options);
    },
  };
}

/** Raises the draft's generation when what is counted differs from the old object. */
export function countChange(resource: AnyResource, draft: Parts, old: Parts, options: PrepareOptions = {}): void {
  const counted = options.counted ?? 'spec';
  const field = resource.kind.fields[counted];
  const changed =
    (field !== undefined && !sameValue(field.type, member(draft, counted), member(old, counted))) ||
    (options.annotationsCount === true &&
      JSON.stringify(draft.metadata.annotations ?? {}) !== JSON.stringify(old.metadata.annotations ?? {}));
  if (changed) draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

/** The status of a new object: empty where it is always written, else absent. */
function clearStatus(resource: AnyResource, draft: Parts): void {
  if (resource.kind.fields['status']?.presence === 'always') draft.status = {};
  else delete draft.status;
}

/** Spec, status and metadata of an object whose kind has them. */
export function partsOf(object: unknown): Parts {
  return object as Parts;
}

function member(object: Parts, name: string): unknown {
  return (object as unknown as Readonly<Record<string, unknown>>)[name];
}
