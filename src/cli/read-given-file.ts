import { readFile } from 'node:fs/promises';
import { SetupError } from '../cluster/setup-error.ts';

/** The text of a file that a flag names. @throws SetupError when it cannot be read. */
export async function readGivenFile(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SetupError(`Cannot read the file of ${flag}: ${(error as Error).message}`, { cause: error });
  }
}
