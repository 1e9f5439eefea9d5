import { systemClock } from '../base/clock.ts';
import { createLog, type Log } from '../base/log.ts';

/** The log of everything in this process, a line at a time; warnings and errors alone unless it shall say more. */
export function terminalLog(verbose: boolean, write: (line: string) => void): Log {
  return createLog({ component: 'slipway', level: verbose ? 'debug' : 'warn', now: systemClock.now, write });
}
