/** The command line is not as the command wants it. The message is one sentence without its full stop. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
