/** When incidents happen: each occasion at its time and, where it comes again, after another delay; by chance or always. */
import type { Delay, Dice } from './dice.ts';
import type { Occasion, PodIncident } from './scenario.ts';

/** An incident of a pod that happens, and when it was due. */
export type Happening = PodIncident & { readonly atMs: number };

export interface IncidentClock<Incident extends Occasion = PodIncident> {
  /** When the next occasion is; Infinity: there is none any more. */
  readonly nextMs: number;
  /** What happens up to now; each occasion is answered once. */
  due(nowMs: number): readonly (Incident & { readonly atMs: number })[];
}

/** Occasions that come again keep at least this distance. */
const shortestMs = 100;

/** `key`: says whose incidents they are, for the dice. */
export function incidentsFrom<Incident extends Occasion>(
  incidents: readonly Incident[],
  startMs: number,
  dice: Dice,
  key: string,
): IncidentClock<Incident> | undefined {
  if (incidents.length === 0) return undefined;
  const delay = (length: Delay, purpose: string): number => dice.delayMs(length, `incident ${purpose}`);
  const clocks = incidents.map((incident, index) => {
    const purpose = `${key} ${index}`;
    return { incident, purpose, count: 0, nextMs: startMs + delay(incident.first, purpose) };
  });
  return {
    get nextMs() {
      return Math.min(...clocks.map(({ nextMs }) => nextMs));
    },
    due(nowMs) {
      const happened: (Incident & { readonly atMs: number })[] = [];
      for (const clock of clocks) {
        const { incident, purpose } = clock;
        while (clock.nextMs <= nowMs) {
          const atMs = clock.nextMs;
          clock.count++;
          const again = incident.every;
          clock.nextMs =
            again === undefined ? Infinity : atMs + Math.max(shortestMs, delay(again, `${purpose} ${clock.count}`));
          if (dice.draw(`chance ${purpose} ${clock.count}`) < incident.chance) happened.push({ ...incident, atMs });
        }
      }
      return happened;
    },
  };
}
