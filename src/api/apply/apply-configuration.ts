/** Server-side apply as the API server's PATCH uses it: the object ready for admission, or the error for the client. */
import { ApiError } from '../api-error.ts';
import { decode } from '../codec/decode.ts';
import { DecodeError } from '../codec/decode-error.ts';
import { restoreErrorText } from '../patch/restore-error.ts';
import type { JsonObject } from '../schema.ts';
import { appliedName, applyPatch, kindText, type ApplyRequest } from './apply-patch.ts';
import { applyConflict } from './conflict.ts';
import type { ManagedFieldsEntry } from './managed-fields.ts';

export interface Configuration<T extends object> extends ApplyRequest {
  /** Fills in the defaults of a decoded object, in place. */
  readonly withDefaults: (draft: object) => T;
}

export interface Configured<T extends object> {
  /** A fresh draft, decoded and with defaults. */
  readonly object: T;
  readonly managedFields: readonly ManagedFieldsEntry[] | undefined;
}

/** Throws an ApiError for conflicts and for what does not fit the type. */
export function applyConfiguration<T extends object>(configuration: Configuration<T>): Configured<T> {
  const result = applyPatch(configuration);
  if (!result.ok) throw applyConflict(result.conflicts);
  const draft = decodeMerged(configuration, result.object);
  return { object: configuration.withDefaults(draft), managedFields: result.managedFields };
}

/** Apply looks at the types of values alone: what cannot be read for all that is found out here. */
function decodeMerged<T extends object>({ type, applied }: Configuration<T>, merged: JsonObject): object {
  try {
    return decode(type, merged, { fromMap: true }).value as object;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const why = `unable to convert unstructured object to ${kindText(type)}: ${restoreErrorText(error)}`;
    throw new ApiError('', `failed to convert new object (${appliedName(type, applied)}) to proper version: ${why}`);
  }
}
