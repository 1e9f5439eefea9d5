/** Takes a well-known port when it is free, for servers that others find by what they publish. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** The wanted port, or 0 (any) when another server of this machine has it. */
export async function preferPort(wanted: number): Promise<number> {
  const probe = createServer();
  probe.listen(wanted);
  try {
    await once(probe, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return 0;
    throw error;
  }
  probe.close();
  await once(probe, 'close');
  return wanted;
}
