/**
 * Values as the original prints them in errors: structs of its own, all fields, Go's names. Clients see these texts.
 */
import type { Toleration } from '../groups/core.v1.ts';

export const goValue = {
  toleration: ({ key, operator, value, effect, tolerationSeconds }: Toleration): string =>
    JSON.stringify({
      Key: key ?? '',
      Operator: operator ?? '',
      Value: value ?? '',
      Effect: effect ?? '',
      TolerationSeconds: tolerationSeconds ?? null,
    }),
};
