/** Keeps a pod out of the queue until the last of its scheduling gates is taken away. */
import type { Plugin } from '../../framework.ts';

export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  helpedBy: ['pod changed'],
  preEnqueue({ spec }) {
    const gates = spec.schedulingGates ?? [];
    if (gates.length === 0) return undefined;
    return `waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`;
  },
};
