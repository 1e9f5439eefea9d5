/**
 * A start that cannot go on for a reason its user can mend. The message is the whole answer: what failed with its current
 * state, then what to do; the command line prints it without a stack.
 */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
