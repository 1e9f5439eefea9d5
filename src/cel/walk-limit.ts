/**
 * Values may share parts (`[a, a]`, and that twice, and so on), so that walking through a value, or writing it out, can take
 * far more steps than making it. Costs do not tell; so all walks of one evaluation together are limited. Evaluation is
 * synchronous: one counter serves.
 */
import { CostLimitError } from './errors.ts';

/** Items compared or written, and characters made, in one evaluation. */
const maxSteps = 20_000_000;
let left = maxSteps;

export function resetWalks(): void {
  left = maxSteps;
}

/** Throws a CostLimitError when it is too much. */
export function countSteps(steps: number): void {
  left -= steps;
  if (left < 0) throw new CostLimitError('operation cancelled: actual cost limit exceeded');
}
