/** Bindings, filed under where they hold and whom they name: a question visits only the grants of who asks. */
import type { ClusterRoleBinding, RoleBinding, Subject } from '../../api/groups/rbac.v1.ts';
import type { ChangeItem } from '../registry/watch.ts';
import type { User } from '../user.ts';

export type Binding = RoleBinding | ClusterRoleBinding;

/** A binding that applies to a subject; `namespace` '' = everywhere. */
export interface Grant {
  readonly binding: Binding;
  readonly subject: Subject;
  readonly namespace: string;
}

export class FiledGrants {
  /** By namespace and subject, then by the key of the binding. */
  readonly #grants = new Map<string, Map<string, Grant>>();
  /** Where each binding is filed, by its key. */
  readonly #places = new Map<string, readonly string[]>();

  /** Brings the files up to date with the change of a binding. */
  take({ type, entry }: ChangeItem): void {
    this.#remove(entry.key);
    if (type !== 'DELETED') this.#add(entry.key, entry.object as unknown as Binding);
  }

  /** Those that hold everywhere first. */
  *of(user: User, namespace: string): Iterable<Grant> {
    const subjects = subjectsOf(user);
    for (const where of namespace === '' ? [''] : ['', namespace]) {
      for (const subject of subjects) yield* this.#grants.get(placeOf(where, subject))?.values() ?? [];
    }
  }

  #add(key: string, binding: Binding): void {
    const { namespace = '' } = binding.metadata;
    const places: string[] = [];
    // First of all: what is filed before a subject that cannot be read must be found again.
    this.#places.set(key, places);
    for (const subject of binding.subjects ?? []) {
      const place = placeOf(namespace, nameOfSubject(subject, namespace));
      const filed = this.#grants.get(place) ?? new Map<string, Grant>();
      this.#grants.set(place, filed.set(key, { binding, subject, namespace }));
      places.push(place);
    }
  }

  #remove(key: string): void {
    for (const place of this.#places.get(key) ?? []) {
      const filed = this.#grants.get(place);
      filed?.delete(key);
      if (filed?.size === 0) this.#grants.delete(place);
    }
    this.#places.delete(key);
  }
}

/** Neither namespaces nor the kinds of subjects have a slash in them. */
const placeOf = (namespace: string, subject: string): string => `${namespace}/${subject}`;

function nameOfSubject(subject: Subject, bindingNamespace: string): string {
  if (subject.kind !== 'ServiceAccount') return `${subject.kind}:${subject.name}`;
  return `User:system:serviceaccount:${subject.namespace ?? bindingNamespace}:${subject.name}`;
}

const subjectsOf = ({ name, groups }: User): readonly string[] => [
  `User:${name}`,
  ...groups.map((group) => `Group:${group}`),
];
