/** The default of a field as it is published, and as server-side apply completes the keys of list items. */
import type { Field, Json } from './schema.ts';

/** What is always there has its zero value as default. */
export function publishedDefault({ options, presence, type }: Field): Json | undefined {
  if (options.default !== undefined) return options.default;
  const isLeftOut = options.nullable === true || presence === 'optional' || presence === 'pointer';
  if (isLeftOut && options.zeroDefault !== true) return undefined;
  if (type.type === 'object' || type.type === 'lazy') return {};
  if (type.type !== 'scalar') return undefined;
  switch (type.scalar) {
    case 'string':
      return '';
    case 'boolean':
      return false;
    case 'int32':
    case 'int64':
    case 'double':
      return 0;
    default:
      return undefined;
  }
}
