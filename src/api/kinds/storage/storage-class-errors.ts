import { duplicate, invalid, notSupported, requiredField, tooLong, type FieldError } from '../../field-error.ts';
import type { StorageClass } from '../../groups/storage.v1.ts';
import { plainIdentity, samePlain } from '../../equality.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { repeats } from '../../repeats.ts';

const maxParameters = 512;
const maxParameterBytes = 256 * 1024;

export function storageClassErrors(storageClass: StorageClass): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { provisioner, parameters = {}, reclaimPolicy = '', volumeBindingMode } = storageClass;
  if (provisioner === '') errors.push(requiredField('provisioner'));
  else {
    const name = provisioner.toLowerCase();
    errors.push(...qualifiedNameErrors(name).map((text) => invalid('provisioner', name, text)));
  }
  errors.push(...parameterErrors(parameters, 'parameters'));
  const policies = ['Delete', 'Retain'];
  if (reclaimPolicy !== '' && !policies.includes(reclaimPolicy)) {
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, policies));
  }
  const modes = ['Immediate', 'WaitForFirstConsumer'];
  if (volumeBindingMode == null) errors.push(requiredField('volumeBindingMode'));
  else if (!modes.includes(volumeBindingMode)) {
    errors.push(notSupported('volumeBindingMode', volumeBindingMode, modes));
  }
  return [...errors, ...topologiesErrors(storageClass.allowedTopologies ?? [])];
}

const fixed = ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const;

export function storageClassUpdateErrors(storageClass: StorageClass, old: StorageClass): readonly FieldError[] {
  const changed = fixed.filter((name) => !samePlain(storageClass[name], old[name]));
  return [
    ...storageClassErrors(storageClass),
    ...changed.map((name) => invalid(name, storageClass[name] ?? null, 'field is immutable')),
  ];
}

function parameterErrors(parameters: Readonly<Record<string, string>>, field: string): readonly FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > maxParameters) return [tooLong(field, maxParameters)];
  const errors = entries.filter(([key]) => key === '').map(([key]) => invalid(field, key, 'field can not be empty.'));
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return bytes > maxParameterBytes ? [...errors, tooLong(field, maxParameterBytes)] : errors;
}

type Terms = NonNullable<StorageClass['allowedTopologies']>;

/** A term may repeat all terms before it: more repeats than so many, in all, are not told. */
const mostRepeats = 10_000;

function topologiesErrors(terms: Terms): readonly FieldError[] {
  const told = new Map<string, number>();
  let left = mostRepeats;
  return terms.flatMap((term, index) => {
    const field = `allowedTopologies[${index}].matchLabelExpressions`;
    const errors: FieldError[] = [];
    const requirements = term.matchLabelExpressions ?? [];
    const againKeys = repeats(requirements.map(({ key }) => key));
    for (const [at, requirement] of requirements.entries()) {
      const { key } = requirement;
      const values = requirement.values ?? [];
      const item = `${field}[${at}]`;
      if (values.length === 0) errors.push(requiredField(`${item}.values`));
      for (const i of repeats(values)) errors.push(duplicate(`${item}.values[${i}]`, values[i]));
      errors.push(...qualifiedNameErrors(key).map((text) => invalid(`${item}.key`, key, text)));
      if (againKeys.has(at)) errors.push(duplicate(`${item}.key`, key));
    }
    // The original compares with as many terms that say nothing as there are terms, and then with those before.
    const empty = requirements.length === 0 ? terms.length : 0;
    const identity = termIdentity(term);
    const before = told.get(identity) ?? 0;
    told.set(identity, before + 1);
    const again = Math.min(empty + before, left);
    left -= again;
    return [...errors, ...Array.from({ length: again }, () => duplicate(field, ''))];
  });
}

/** Terms say the same whatever the order of their keys and values. */
function termIdentity({ matchLabelExpressions = [] }: Terms[number]): string {
  const requirements = matchLabelExpressions.map(({ key, values }) => [key, (values ?? []).toSorted()] as const);
  return plainIdentity(requirements.toSorted(([x], [y]) => (x < y ? -1 : 1)));
}
