/** Conditions of a status, one of each type. */

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string | undefined;
}

/** The conditions with this one in its place; the time of its last change stays while its status does. */
export function withCondition<T extends Condition>(conditions: readonly T[], condition: T): T[] {
  const at = conditions.findIndex(({ type }) => type === condition.type);
  const before = conditions[at];
  if (before === undefined) return [...conditions, condition];
  const { lastTransitionTime } = before.status === condition.status ? before : condition;
  return conditions.with(at, { ...condition, lastTransitionTime });
}
