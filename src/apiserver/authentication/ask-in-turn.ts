/** Asks several in turn for what one of them may know: at once where none makes the asker wait. */
import type { MaybeLater } from '../../base/maybe-later.ts';
import { TokenError } from './authenticator.ts';

/**
 * Undefined: nobody knows it. What is said in a TokenError is added to `faults` and the next is asked.
 * @throws, or rejects with, any other error.
 */
export function askInTurn<Source, T>(
  sources: readonly Source[],
  ask: (source: Source) => MaybeLater<T | undefined>,
  faults: string[],
  from = 0,
): MaybeLater<T | undefined> {
  for (let index = from; index < sources.length; index++) {
    const found = unlessFault(ask, sources[index] as Source, faults);
    if (found instanceof Promise) return found.then((known) => known ?? askInTurn(sources, ask, faults, index + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

function unlessFault<Source, T>(
  ask: (source: Source) => MaybeLater<T | undefined>,
  source: Source,
  faults: string[],
): MaybeLater<T | undefined> {
  const keep = (error: unknown): undefined => {
    if (!(error instanceof TokenError)) throw error;
    faults.push(error.message);
  };
  try {
    const found = ask(source);
    return found instanceof Promise ? found.catch(keep) : found;
  } catch (error) {
    return keep(error);
  }
}
