/**
 * Reviews by webhook, for tokens and for rights: an object is posted, and comes back with its status filled in. A call that
 * could go better another time is made again a few times, with pauses that grow.
 */
import { sleep, type Clock } from '../../base/clock.ts';
import { callRemote, readAnswer, RemoteError, type RemoteServer } from '../remote-call.ts';

export interface ReviewCall {
  readonly server: RemoteServer;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const attempts = 5;
const firstPauseMs = 500;
const growth = 1.5;

/** The status of the answered review. @throws RemoteError */
export async function askForReview(
  { server, timeoutMs, clock }: ReviewCall,
  review: object,
): Promise<Readonly<Record<string, unknown>>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { status } = readAnswer(await callRemote(server, { body: review, timeoutMs }));
      if (typeof status === 'object' && status !== null) return status as Record<string, unknown>;
      throw new RemoteError('the answer has no status', false);
    } catch (error) {
      if (!(error instanceof RemoteError) || !error.transient || attempt === attempts) throw error;
      await sleep(clock, firstPauseMs * growth ** (attempt - 1));
    }
  }
}
