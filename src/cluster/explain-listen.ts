/** Turns the refusal of a port into a sentence that says what to do. */
import { SetupError } from './setup-error.ts';

/** What was thrown, or a SetupError for the reasons that a user can mend. `flag`: how another port is chosen. */
export function explainListen(error: unknown, address: string, port: number, flag: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const where = `Cannot listen on ${address}:${port}`;
  if (code === 'EADDRINUSE')
    return new SetupError(`${where}: the port is in use. Stop who uses it, or choose another with ${flag}`);
  if (code === 'EACCES') return new SetupError(`${where}: ports below 1024 need root. Choose another with ${flag}`);
  if (code === 'EADDRNOTAVAIL') return new SetupError(`${where}: this machine has no such address`);
  return error;
}
