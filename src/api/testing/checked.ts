/** What a descriptor says of objects as clients send them: decoded, with defaults, as `field: message`. */
import { decode } from '../codec/decode.ts';
import { applyDefaults } from '../defaults.ts';
import type { Descriptor, Draft, WriteContext } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import type { JsonObject } from '../schema.ts';

const context: WriteContext = { nowMs: 0, user: 'u', groups: [], subresource: '' };

/** The object as the server has it before its checks; `uid` is `u`, its namespace `n` and its name `a` unless given. */
export function sent<T>(descriptor: Descriptor<T>, object: object): T {
  const { kind } = descriptor.resource;
  const metadata = { name: 'a', namespace: 'n', uid: 'u', ...(object as { metadata?: object }).metadata };
  const draft = decode(kind, { ...object, metadata } as unknown as JsonObject).value as Draft<T>;
  applyDefaults(kind, draft as object);
  descriptor.defaults?.(draft);
  return draft as T;
}

export function createErrors<T>(descriptor: Descriptor<T>, object: object): readonly string[] {
  const draft = sent(descriptor, object) as Draft<T>;
  descriptor.prepareForCreate?.(draft, context);
  return texts(descriptor.validateCreate?.(draft as T, context));
}

export function updateErrors<T>(
  descriptor: Descriptor<T>,
  object: object,
  old: object,
  subresource = '',
): readonly string[] {
  const before = sent(descriptor, old);
  return texts(descriptor.validateUpdate?.(sent(descriptor, object), before, { ...context, subresource }));
}

export function warningsOf<T>(descriptor: Descriptor<T>, object: object, old?: object): readonly string[] {
  const before = old === undefined ? undefined : sent(descriptor, old);
  return descriptor.warnings?.(sent(descriptor, object), before, context) ?? [];
}

function texts(errors: readonly FieldError[] = []): readonly string[] {
  return errors.map(({ field, message }) => `${field}: ${message}`);
}
