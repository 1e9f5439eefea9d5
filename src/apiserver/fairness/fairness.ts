/**
 * Priority and fairness: every request belongs to a flow of a flow schema, and with it to a priority level, which gives it
 * seats to be executed in (KEP 1040). What is configured comes from FlowSchemas and PriorityLevelConfigurations; the
 * levels exempt and catch-all are there whatever is stored.
 *
 *   concurrency (600) ─ by shares ─▶ nominal seats of each level ─ every 10 s, by demand ─▶ seats it has now
 *
 * Limit: the hands of `maxFlows` flows are remembered; when there are more, all are forgotten.
 */
import type { FlowSchema, PriorityLevelConfiguration } from '../../api/groups/flowcontrol.v1.ts';
import type { Clock } from '../../base/clock.ts';
import type { HistogramFamily, Registry } from '../../base/metrics.ts';
import type { ApiRequest } from '../request.ts';
import { namespaceOf } from '../request-info.ts';
import { isMutating } from '../request-limits.ts';
import { divideSeats } from './borrow.ts';
import type { Demand } from './demand.ts';
import {
  createFairnessMetrics,
  flowMetrics,
  type FairnessMetrics,
  type FlowMetrics,
  type LevelGauge,
} from './fairness-metrics.ts';
import { limitsOf, type LevelLimits } from './level-limits.ts';
import { createMatchFlow, type MatchFlow } from './match-flow.ts';
import { PriorityLevel } from './priority-level.ts';
import { dealHand } from './shuffle-shard.ts';
import type { Arrival, Ticket } from './ticket.ts';
import { estimateWork, type StoredAmount } from './work-estimate.ts';

const adjustEveryMs = 10_000;
const maxFlows = 10_000;

export interface FairnessOptions {
  readonly clock: Clock;
  readonly registry: Registry;
  /** Seats to be shared: requests that may be executed at once. */
  readonly concurrency: number;
  readonly requestTimeoutMs: number;
  /** What is stored of the resource that a request is about. */
  readonly amountOf: (request: ApiRequest) => StoredAmount | undefined;
}

/** What a request was classified as, for its answer's headers. */
export interface Classification {
  readonly flowSchema: FlowSchema;
  readonly priorityLevel: PriorityLevelConfiguration;
}

interface Flow extends Classification {
  readonly level: PriorityLevel;
  readonly metrics: FlowMetrics;
  readonly maxSeats: number;
}

export class Fairness {
  readonly #options: FairnessOptions;
  readonly #metrics: FairnessMetrics;
  readonly #levels = new Map<string, PriorityLevel>();
  readonly #hands = new Map<string, readonly number[]>();
  readonly #demands = new Map<string, Demand & { readonly target: number }>();
  #flows = new Map<FlowSchema, Flow>();
  #match: MatchFlow = () => undefined;
  #stopAdjusting: (() => void) | undefined;

  constructor(options: FairnessOptions) {
    this.#options = options;
    this.#metrics = createFairnessMetrics(options.registry);
    options.registry.collect(() => this.#collect());
    this.#adjustLater();
  }

  /** For who counts reads and writes. */
  get readVersusWrite(): HistogramFamily {
    return this.#metrics.readVersusWrite;
  }

  get levels(): ReadonlyMap<string, PriorityLevel> {
    return this.#levels;
  }

  /** How many wait for seats. */
  get waiting(): { readonly reads: number; readonly writes: number } {
    let reads = 0;
    let writes = 0;
    for (const { queues } of this.#levels.values()) {
      for (const { waiting } of queues) {
        for (const { arrival } of waiting) {
          if (isMutating(arrival.request.info)) writes++;
          else reads++;
        }
      }
    }
    return { reads, writes };
  }

  /** Takes over what is configured; both kinds must hold the mandatory objects. */
  configure(schemas: readonly FlowSchema[], configurations: readonly PriorityLevelConfiguration[]): void {
    const specs = new Map(configurations.map((one) => [one.metadata.name ?? '', one]));
    const usable = schemas.filter(({ spec }) => specs.has(spec.priorityLevelConfiguration.name));
    const limits = limitsOf(new Map([...specs].map(([name, { spec }]) => [name, spec])), this.#options.concurrency);
    for (const [name, level] of this.#levels) {
      level.quiescing = !specs.has(name);
      if (level.quiescing && level.state.idle) this.#levels.delete(name);
    }
    for (const [name, limit] of limits) this.#configureLevel(name, limit);
    this.#flows = new Map(usable.map((schema) => [schema, this.#flowOf(schema, specs)]));
    this.#match = createMatchFlow(usable);
    this.#hands.clear();
  }

  /**
   * Seats for the request, at once or when it is its turn; `classified` is called before.
   * @throws OverloadError
   */
  admit(request: ApiRequest, classified: (as: Classification) => void): Ticket | Promise<Ticket> | undefined {
    const schema = this.#match(request.user, request.info);
    const flow = schema === undefined ? undefined : this.#flows.get(schema);
    if (flow === undefined) return undefined;
    classified(flow);
    const { level, metrics } = flow;
    const amount = this.#options.amountOf(request);
    if (amount !== undefined && writeVerbs.has(request.info.verb)) metrics.watchCount.observe(amount.watchers);
    const distinguisher = distinguisherOf(flow.flowSchema, request);
    const arrival: Arrival = {
      request,
      schema: flow.flowSchema.metadata.name ?? '',
      distinguisher,
      work: estimateWork(request.info, request.query, amount, flow.maxSeats),
      metrics,
      hand: this.#handOf(flow, distinguisher),
    };
    return level.admit(arrival);
  }

  close(): void {
    this.#stopAdjusting?.();
  }

  #configureLevel(name: string, limits: LevelLimits): void {
    const level = this.#levels.get(name);
    if (level !== undefined) return level.configure(limits);
    const { clock, requestTimeoutMs } = this.#options;
    const context = { clock, metrics: this.#metrics, waitLimitMs: requestTimeoutMs / 4 };
    this.#levels.set(name, new PriorityLevel(name, limits, context));
  }

  #flowOf(flowSchema: FlowSchema, specs: ReadonlyMap<string, PriorityLevelConfiguration>): Flow {
    const { name } = flowSchema.spec.priorityLevelConfiguration;
    const level = this.#levels.get(name) as PriorityLevel;
    const { queuing, nominal } = level.limits;
    const metrics = flowMetrics(this.#metrics, name, flowSchema.metadata.name ?? '');
    const maxSeats = queuing === undefined ? Infinity : Math.max(1, Math.ceil(nominal / queuing.handSize));
    const priorityLevel = specs.get(name) as PriorityLevelConfiguration;
    return { flowSchema, priorityLevel, level, metrics, maxSeats };
  }

  #handOf({ flowSchema, level }: Flow, distinguisher: string): readonly number[] {
    const { queuing } = level.limits;
    if (queuing === undefined) return noHand;
    const key = `${flowSchema.metadata.name},${distinguisher}`;
    let hand = this.#hands.get(key);
    if (hand === undefined) {
      if (this.#hands.size >= maxFlows) this.#hands.clear();
      hand = dealHand(key, queuing.queues, queuing.handSize);
      this.#hands.set(key, hand);
    }
    return hand;
  }

  #adjustLater(): void {
    this.#stopAdjusting = this.#options.clock.after(adjustEveryMs, () => {
      this.#adjust();
      this.#adjustLater();
    });
  }

  #adjust(): void {
    const all = [...this.#levels.values()].map((level) => ({ level, demand: level.takeDemand() }));
    const division = divideSeats(all.map(({ level: { limits }, demand }) => ({ limits, demand })));
    this.#metrics.fairFraction.set(division.fairFraction);
    all.forEach(({ level, demand }, index) => {
      this.#demands.set(level.name, { ...demand, target: division.targets[index] ?? 0 });
      level.setLimit(division.seats[index] ?? 0);
    });
  }

  /** Before metrics are read. */
  #collect(): void {
    const set = (gauge: LevelGauge, level: string, value: number): void =>
      this.#metrics.level[gauge].of(level).set(value);
    for (const [name, level] of this.#levels) {
      const { limits, state } = level;
      level.settle();
      set('nominal_limit_seats', name, limits.nominal);
      set('lower_limit_seats', name, limits.lower);
      set('upper_limit_seats', name, limits.upper);
      set('current_limit_seats', name, state.limit);
      set('current_executing_seats', name, state.seatsInUse);
      set('current_r', name, state.virtualTimeSeconds);
      const demand = this.#demands.get(name);
      set('target_seats', name, demand?.target ?? limits.nominal);
      set('demand_seats_high_watermark', name, demand?.highest ?? 0);
      set('demand_seats_average', name, demand?.average ?? 0);
      set('demand_seats_stdev', name, demand?.deviation ?? 0);
      set('demand_seats_smoothed', name, demand?.smoothed ?? 0);
    }
  }
}

const noHand: readonly number[] = [];
const writeVerbs = new Set<string>(['create', 'update', 'patch', 'delete']);

/** What tells the flows of a schema apart. */
function distinguisherOf({ spec }: FlowSchema, { user, info }: ApiRequest): string {
  switch (spec.distinguisherMethod?.type) {
    case 'ByUser':
      return user.name;
    case 'ByNamespace':
      return info.resource === undefined ? '' : namespaceOf(info.resource);
    default:
      return '';
  }
}
