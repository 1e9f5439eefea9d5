/** How many seats each priority level has by its configuration, and within which bounds it lends and borrows. */
import type { PriorityLevelConfigurationSpec } from '../../api/groups/flowcontrol.v1.ts';

export interface LevelLimits {
  /** Requests are executed at once, however many there are. */
  readonly exempt: boolean;
  readonly nominal: number;
  /** What is left when all that may be lent is lent. */
  readonly lower: number;
  /** With all that may be borrowed. */
  readonly upper: number;
  /** Undefined: what finds no seat is refused. */
  readonly queuing: Queuing | undefined;
}

export interface Queuing {
  readonly queues: number;
  readonly handSize: number;
  readonly queueLengthLimit: number;
}

const defaultShares = 30;

export function limitsOf(
  specs: ReadonlyMap<string, PriorityLevelConfigurationSpec>,
  concurrency: number,
): ReadonlyMap<string, LevelLimits> {
  const sum = [...specs.values()].reduce((so, spec) => so + sharesOf(spec), 0);
  return new Map([...specs].map(([name, spec]) => [name, limitsOfOne(spec, concurrency, sum)]));
}

function limitsOfOne(spec: PriorityLevelConfigurationSpec, concurrency: number, sum: number): LevelLimits {
  const exempt = spec.type === 'Exempt';
  const nominal = sum === 0 ? 0 : Math.ceil((concurrency * sharesOf(spec)) / sum);
  const lendable = (exempt ? spec.exempt?.lendablePercent : spec.limited?.lendablePercent) ?? 0;
  const borrowing = exempt ? undefined : spec.limited?.borrowingLimitPercent;
  return {
    exempt,
    nominal,
    lower: nominal - Math.round((nominal * lendable) / 100),
    upper: borrowing === undefined ? nominal + concurrency : nominal + Math.round((nominal * borrowing) / 100),
    queuing: spec.limited?.limitResponse.queuing,
  };
}

function sharesOf({ type, limited, exempt }: PriorityLevelConfigurationSpec): number {
  return type === 'Exempt'
    ? (exempt?.nominalConcurrencyShares ?? 0)
    : (limited?.nominalConcurrencyShares ?? defaultShares);
}
