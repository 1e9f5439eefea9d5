/**
 * Stored values that cannot be read back: encrypted by a key that is not there any more, or damaged. They take the place of
 * the value as an empty one that carries the reason; requests for them fail with Kubernetes' texts, others go on.
 */
import { ApiError } from '../../api/api-error.ts';

const reasons = new WeakMap<Uint8Array, string>();

export function unreadableValue(reason: string): Uint8Array {
  const value = new Uint8Array(0);
  reasons.set(value, reason);
  return value;
}

/** Undefined for every value that can be read. */
export function whyUnreadable(value: Uint8Array): string | undefined {
  return value.length === 0 ? reasons.get(value) : undefined;
}

export function corruptObjectError(key: string, reason: string): ApiError {
  const message = corruptText(key.replace(/^\/registry/, ''), reason);
  return new ApiError('InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** At most this many of a list are named. */
const maxNamed = 100;

/** `resource`: `secrets`, `deployments.apps`. */
export function corruptListError(
  { group, plural }: { readonly group: string; readonly plural: string },
  unreadable: readonly { readonly key: string; readonly reason: string }[],
): ApiError {
  const resource = group === '' ? plural : `${plural}.${group}`;
  const causes = unreadable.slice(0, maxNamed).map(({ key, reason }) => ({
    reason: 'UnexpectedServerResponse',
    message: corruptText(key, reason),
    field: key,
  }));
  const more = { reason: 'FieldValueTooMany', message: 'too many errors, the list is truncated' };
  return new ApiError('StorageReadError', `failed to read one or more ${resource} from the storage`, {
    name: 'list',
    group,
    kind: plural,
    causes: unreadable.length > maxNamed ? [...causes, more] : causes,
  });
}

function corruptText(key: string, reason: string): string {
  return (
    `StorageError: corrupt object, Code: 7, Key: ${key}, ResourceVersion: 0, ` +
    `AdditionalErrorMsg: data from the storage is not transformable revision=0: ${reason}`
  );
}
