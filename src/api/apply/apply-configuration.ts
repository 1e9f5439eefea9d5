/** Server-side apply as the API server's PATCH uses it: the object ready for admission, or the error for the client. */
import { decode } from '../codec/decode.ts';
import { applyPatch, type ApplyRequest } from './apply-patch.ts';
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
  const draft = decode(configuration.type, result.object).value as object;
  return { object: configuration.withDefaults(draft), managedFields: result.managedFields };
}
