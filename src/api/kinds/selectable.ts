/** Fields by which a client may select objects, each with the way to read it. */
import type { Descriptor } from '../descriptor.ts';

export function selectable<T>(
  readers: Readonly<Record<string, (object: T) => string | undefined>>,
): Required<Pick<Descriptor<T>, 'selectableFields' | 'selectableFieldNames'>> {
  const entries = Object.entries(readers);
  return {
    selectableFields: (object) => Object.fromEntries(entries.map(([field, read]) => [field, read(object) ?? ''])),
    selectableFieldNames: Object.keys(readers),
  };
}
