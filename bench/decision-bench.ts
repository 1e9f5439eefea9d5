/**
 * The scheduler without the API: the real cache, queue and decisions, put together as the scheduler does. A pod comes into
 * the queue, is taken out, decided about, assumed on its node and confirmed there; victims go at once.
 */
import type { Pod } from '../src/api/groups/core.v1.ts';
import { virtualClock } from '../src/base/clock.ts';
import { seededRandom } from '../src/base/random.ts';
import { SchedulerCache } from '../src/scheduler/cache.ts';
import { decide, type Decision } from '../src/scheduler/decide.ts';
import type { DisruptionBudget } from '../src/scheduler/framework.ts';
import { NodeTable } from '../src/scheduler/node-table.ts';
import { NodeVerdicts } from '../src/scheduler/node-verdicts.ts';
import { Nominations } from '../src/scheduler/nominations.ts';
import type { PodInfo } from '../src/scheduler/pod-info.ts';
import { defaultPlugins } from '../src/scheduler/plugins/default-plugins.ts';
import { queueingHints } from '../src/scheduler/queueing-hints.ts';
import { SchedulingQueue } from '../src/scheduler/queue.ts';
import { nodeOf, podOf } from './scheduler-objects.ts';
import type { Batch, PodTemplate, Workload } from './scheduler-workloads.ts';

const noBudgets: readonly DisruptionBudget[] = [];

export class DecisionBench {
  readonly #workload: Workload;
  readonly #clock = virtualClock();
  readonly #table = new NodeTable();
  readonly #cache = new SchedulerCache(this.#table);
  readonly #verdicts = new NodeVerdicts(this.#table, defaultPlugins);
  readonly #nominations = new Nominations(this.#table);
  readonly #queue: SchedulingQueue;
  readonly #random = seededRandom(1);
  readonly #placed: Pod[] = [];
  #measured: readonly Pod[] = [];
  #done = 0;
  #start = 0;
  #serial = 0;

  constructor(workload: Workload) {
    this.#workload = workload;
    this.#queue = new SchedulingQueue({
      now: () => this.#clock.now(),
      gate: (pod) => ((pod.spec.schedulingGates ?? []).length > 0 ? 'gated' : undefined),
      hints: queueingHints(defaultPlugins),
    });
  }

  /** `share`: of the pods to be measured. */
  prepare(share: number): void {
    const { nodeCount, before, hopeless, measured } = this.#workload;
    for (let i = 0; i < nodeCount; i++) this.#cache.setNode(nodeOf(this.#workload, i));
    for (const batch of before) this.#run(this.#pods(batch));
    const pods = this.#pods({ ...measured, count: measured.count * share });
    const { every = Infinity, template } = hopeless ?? {};
    this.#measured = pods.flatMap((pod, at) =>
      at % every === 0 && template !== undefined ? [this.#pod(template), pod] : [pod],
    );
  }

  /** Goes on with the pods up to this share of those to be measured. Answers how many were placed. */
  measure(upTo: number): number {
    const before = this.#placed.length;
    const end = Math.round(this.#measured.length * upTo);
    this.#run(this.#measured.slice(this.#done, end));
    this.#done = end;
    return this.#placed.length - before;
  }

  #run(pods: readonly Pod[]): void {
    const { deleteEvery = Infinity } = this.#workload;
    for (const pod of pods) this.#queue.set(pod);
    let tried = 0;
    for (let info = this.#queue.pop(); info !== undefined; info = this.#queue.pop()) {
      this.#schedule(info);
      if (++tried % deleteEvery === 0) this.#delete(this.#placed[tried]);
    }
  }

  #schedule(info: PodInfo): void {
    const decision = decide({
      pod: info,
      table: this.#table,
      plugins: defaultPlugins,
      verdicts: this.#verdicts,
      random: this.#random,
      start: this.#start,
      budgets: noBudgets,
    });
    this.#start = decision.nextStart;
    if (decision.type === 'refused') return this.#refuse(info, decision);
    this.#cache.assume(info, decision.nodeName);
    this.#queue.done(info.uid);
    this.#nominations.remove(info.uid);
    const bound = { ...info.pod, spec: { ...info.pod.spec, nodeName: decision.nodeName } };
    for (const event of this.#cache.setPod(bound)) this.#queue.changed(event);
    this.#placed.push(bound);
  }

  /** The victims go at once, and the pod is tried again when its time has come. */
  #refuse(info: PodInfo, { refusedBy, nominatedNode, victims = [] }: Extract<Decision, { type: 'refused' }>): void {
    this.#queue.fail(info.uid, refusedBy);
    this.#nominations.set(info, nominatedNode);
    if (nominatedNode === undefined) return;
    const status = { ...info.pod.status, nominatedNodeName: nominatedNode };
    this.#queue.set({ ...info.pod, status });
    for (const victim of victims) this.#delete(victim.pod);
    this.#clock.advance(1000);
  }

  #delete(pod: Pod | undefined): void {
    if (pod === undefined) return;
    this.#queue.remove(pod.metadata.uid);
    for (const event of this.#cache.removePod(pod.metadata.uid)) this.#queue.changed(event);
  }

  #pods({ count, template }: Batch): readonly Pod[] {
    return Array.from({ length: Math.ceil(count) }, (_, index) => this.#pod(template(index)));
  }

  #pod(template: PodTemplate): Pod {
    return podOf(template, `pod-${++this.#serial}`);
  }
}
