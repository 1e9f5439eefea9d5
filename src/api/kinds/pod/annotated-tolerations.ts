/** Tolerations as they were before there was a field for them: a list in JSON, whose names may be in any case. */
import { invalid, type FieldError } from '../../field-error.ts';
import type { Toleration } from '../../groups/core.v1.ts';
import { goJsonError, goMismatch } from '../core/go-json-error.ts';
import { tolerationsErrors } from './tolerations.ts';

const annotation = 'scheduler.alpha.kubernetes.io/tolerations';

interface Member {
  readonly name: keyof Toleration;
  /** As Go calls the field and its type. */
  readonly goName: string;
  readonly goType: string;
  readonly kind: 'string' | 'number';
}

const members: readonly Member[] = [
  { name: 'key', goName: 'Key', goType: 'string', kind: 'string' },
  { name: 'operator', goName: 'Operator', goType: 'core.TolerationOperator', kind: 'string' },
  { name: 'value', goName: 'Value', goType: 'string', kind: 'string' },
  { name: 'effect', goName: 'Effect', goType: 'core.TaintEffect', kind: 'string' },
  { name: 'tolerationSeconds', goName: 'TolerationSeconds', goType: 'int64', kind: 'number' },
];

/** `field`: where the annotations stand. */
export function annotatedTolerationErrors(
  annotations: Readonly<Record<string, string>>,
  field: string,
): readonly FieldError[] {
  const text = annotations[annotation];
  if (!text) return [];
  const parsed: unknown = goJsonError(text) === undefined ? JSON.parse(text) : undefined;
  const problem = goJsonError(text) ?? shapeProblem(parsed);
  if (problem !== undefined) return [invalid(field, annotation, problem)];
  return tolerationsErrors(((parsed as unknown[] | null) ?? []).map(asToleration), `${field}.${annotation}`);
}

/** Why Go would not read it as tolerations. */
function shapeProblem(parsed: unknown): string | undefined {
  if (parsed === null) return undefined;
  if (!Array.isArray(parsed)) return goMismatch(parsed, 'value of type []core.Toleration');
  for (const item of parsed) {
    if (item === null) continue;
    if (typeof item !== 'object' || Array.isArray(item)) return goMismatch(item, 'value of type core.Toleration');
    for (const [name, value] of Object.entries(item)) {
      const member = memberOf(name);
      if (member === undefined || value === null || typeof value === member.kind) continue;
      return goMismatch(value, `struct field Toleration.${member.goName} of type ${member.goType}`);
    }
  }
  return undefined;
}

function memberOf(name: string): Member | undefined {
  return members.find((member) => member.name.toLowerCase() === name.toLowerCase());
}

function asToleration(item: unknown): Toleration {
  return Object.fromEntries(
    Object.entries(item ?? {}).flatMap(([name, value]) => {
      const member = memberOf(name);
      return member === undefined || value === null ? [] : [[member.name, value]];
    }),
  );
}
