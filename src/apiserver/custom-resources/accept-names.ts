/**
 * Which of a definition's names are its own: within a group, plural, singular and short names belong to one definition,
 * and so do kind and list kind. A name that another definition holds is not taken from it; the conditions say so.
 */
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
} from '../../api/groups/apiextensions.v1.ts';
import { conditionOf, type Condition } from './conditions.ts';

export interface AcceptedNames {
  readonly names: CustomResourceDefinitionNames;
  readonly namesAccepted: Condition;
  readonly established: Condition;
}

/** `others`: what the other definitions of the same group hold. */
export function acceptNames(
  definition: CustomResourceDefinition,
  others: readonly CustomResourceDefinitionNames[],
): AcceptedNames {
  const { names: wanted } = definition.spec;
  const held = definition.status?.acceptedNames ?? { plural: '', kind: '' };
  const taken = takenNames(others);
  const names: { -readonly [K in keyof CustomResourceDefinitionNames]: CustomResourceDefinitionNames[K] } = { ...held };
  let conflict: { reason: string; message: string } | undefined;
  for (const { field, kinds, reason } of single) {
    const name = wanted[field] ?? '';
    const used = kinds ? taken.kinds : taken.resources;
    if (name !== held[field] && used.has(name)) conflict = { reason, message: inUse(name) };
    else names[field] = name;
  }
  const lost = (wanted.shortNames ?? []).filter(
    (name) => held.shortNames?.includes(name) !== true && taken.resources.has(name),
  );
  if (lost.length === 0) setList(names, 'shortNames', wanted.shortNames);
  else if (conflict === undefined || !conflict.reason.includes('Kind')) {
    conflict = { reason: 'ShortNamesConflict', message: joined(lost.map(inUse)) };
  }
  setList(names, 'categories', wanted.categories);
  return { names, ...conditionsFor(definition, conflict) };
}

const single = [
  { field: 'plural', kinds: false, reason: 'PluralConflict' },
  { field: 'singular', kinds: false, reason: 'SingularConflict' },
  { field: 'kind', kinds: true, reason: 'KindConflict' },
  { field: 'listKind', kinds: true, reason: 'ListKindConflict' },
] as const;

const inUse = (name: string): string => `${JSON.stringify(name)} is already in use`;
const joined = (texts: readonly string[]): string => (texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`);

function setList(
  names: { shortNames?: readonly string[] | undefined; categories?: readonly string[] | undefined },
  field: 'shortNames' | 'categories',
  list: readonly string[] | undefined,
): void {
  if (list === undefined) delete names[field];
  else names[field] = list;
}

function takenNames(names: readonly CustomResourceDefinitionNames[]): {
  resources: ReadonlySet<string>;
  kinds: ReadonlySet<string>;
} {
  return {
    resources: new Set(
      names.flatMap(({ plural, singular, shortNames }) => [plural, singular ?? '', ...(shortNames ?? [])]),
    ),
    kinds: new Set(names.flatMap(({ kind, listKind }) => [kind, listKind ?? ''])),
  };
}

function conditionsFor(
  definition: CustomResourceDefinition,
  conflict: { reason: string; message: string } | undefined,
): { namesAccepted: Condition; established: Condition } {
  const before: CustomResourceDefinitionCondition | undefined = conditionOf(definition, 'Established');
  if (conflict !== undefined) {
    const namesAccepted: Condition = { type: 'NamesAccepted', status: 'False', ...conflict };
    const refused = { reason: 'NotAccepted', message: 'not all names are accepted' };
    return { namesAccepted, established: before ?? { type: 'Established', status: 'False', ...refused } };
  }
  const namesAccepted: Condition = {
    type: 'NamesAccepted',
    status: 'True',
    reason: 'NoConflicts',
    message: 'no conflicts found',
  };
  if (before?.status === 'True') return { namesAccepted, established: before };
  const accepted = { reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' };
  return { namesAccepted, established: { type: 'Established', status: 'True', ...accepted } };
}
