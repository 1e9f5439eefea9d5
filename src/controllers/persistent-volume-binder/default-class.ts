import type { StorageClass } from '../../api/groups/storage.v1.ts';

const marks = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

/** The class marked as default; of several the youngest, then the first by name. */
export function defaultStorageClass(classes: readonly StorageClass[]): StorageClass | undefined {
  const isMarked = ({ metadata }: StorageClass) => marks.some((mark) => metadata.annotations?.[mark] === 'true');
  return classes.filter(isMarked).toSorted(youngestFirst)[0];
}

function youngestFirst({ metadata: a }: StorageClass, { metadata: b }: StorageClass): number {
  const age = Date.parse(b.creationTimestamp) - Date.parse(a.creationTimestamp);
  return age !== 0 ? age : a.name < b.name ? -1 : 1;
}
