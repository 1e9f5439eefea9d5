/** What this machine lets containers do: found out by looking, so that nobody has to configure it. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

export interface Machine {
  /**
   * A lower oom_score_adj than our own can be set; where it cannot, runc fails unless containerd keeps away from it.
   */
  readonly canLowerOomScore: boolean;
  readonly snapshotter: 'overlayfs' | 'native';
}

export async function inspectMachine(scratchDirectory: string): Promise<Machine> {
  return {
    canLowerOomScore: hasCapability(await readFile('/proc/self/status', 'utf8'), capabilitySysResource),
    snapshotter: (await canMountOverlay(scratchDirectory)) ? 'overlayfs' : 'native',
  };
}

const capabilitySysResource = 24;

/** Reads the effective set in the text of /proc/PID/status. */
export function hasCapability(status: string, capability: number): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> BigInt(capability)) & 1n) === 1n;
}

/** Tries it: the file system below (another overlay, some network ones) may not allow it. */
async function canMountOverlay(scratchDirectory: string): Promise<boolean> {
  await mkdir(scratchDirectory, { recursive: true });
  const folder = await mkdtemp(join(scratchDirectory, 'overlay-'));
  const at = (name: string): string => join(folder, name);
  try {
    for (const name of ['lower', 'upper', 'work', 'merged']) await mkdir(at(name));
    const options = `lowerdir=${at('lower')},upperdir=${at('upper')},workdir=${at('work')}`;
    await runProgram('mount', ['-t', 'overlay', 'overlay', '-o', options, at('merged')]);
    await runProgram('umount', [at('merged')]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
