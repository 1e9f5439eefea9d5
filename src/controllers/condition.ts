/** Conditions of a status: one a type, with the time when its status last changed. */
export interface ConditionFields {
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
}

/** The lastProbeTime of what is not probed: null on the wire, where the static type knows only times. */
export const neverProbed = null as unknown as string;

export function findCondition<C extends ConditionFields>(conditions: readonly C[] | undefined, type: string) {
  return conditions?.find((condition) => condition.type === type);
}

/** A condition with the same status and reason is left as it is; one with the same status keeps its transition time. */
export function setCondition<C extends ConditionFields>(conditions: readonly C[] | undefined, next: C): readonly C[] {
  const current = findCondition(conditions, next.type);
  if (current !== undefined && current.status === next.status && current.reason === next.reason)
    return conditions ?? [];
  const kept =
    current !== undefined && current.status === next.status && current.lastTransitionTime !== undefined
      ? { ...next, lastTransitionTime: current.lastTransitionTime }
      : next;
  return [...withoutCondition(conditions, next.type), kept];
}

export function withoutCondition<C extends ConditionFields>(
  conditions: readonly C[] | undefined,
  type: string,
): readonly C[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}
