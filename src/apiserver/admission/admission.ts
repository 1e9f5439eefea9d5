/**
 * Admission: what the cluster says to a write after the user was allowed to ask for it. Plugins first change the object,
 * then all of them check the result. A plugin refuses by throwing an ApiError.
 *
 *   mutate   all plugins in order; once more when a webhook or policy asked for it, because a later one changed the object
 *   validate all plugins in order
 */
import type { Draft } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { AnyResource } from '../../api/resource.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Served } from '../registry/served.ts';
import type { AuditAnnotations } from '../request.ts';
import type { User } from '../user.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** What is about to happen. Mutating plugins may change `object` in place. */
export interface Admitted {
  readonly operation: Operation;
  readonly served: Served;
  readonly namespace: string | undefined;
  /** '' when the name is yet to be made, and when many objects are deleted at once. */
  readonly name: string;
  readonly subresource: string;
  /** The object as it would be written, or the subresource's body; undefined for deletions. */
  readonly object: Draft<KubeObject> | undefined;
  readonly old: KubeObject | undefined;
  readonly options: JsonObject;
  readonly user: User;
  readonly dryRun: boolean;
  warn(text: string): void;
  readonly auditAnnotations?: AuditAnnotations | undefined;
}

/** The round of mutation that is under way. */
export interface MutationRound {
  /** 0, or 1 when plugins are asked again. */
  readonly index: number;
  /** The object changed in a way that others should see: there is to be another round. */
  askAgain(): void;
  /** What a plugin wants to know in the next round. */
  readonly memory: Map<AdmissionPlugin['name'], unknown>;
}

export interface AdmissionPlugin {
  /** Kubernetes' name of the plugin, such as LimitRanger. */
  readonly name: string;
  /** It has something to say about writes to these, subresources and all; undefined: about any. */
  readonly about?: readonly AnyResource[];
  mutate?(request: Admitted, round: MutationRound): Promise<void> | void;
  validate?(request: Admitted): Promise<void> | void;
}

/** Passes on how the plugins of a phase ended. */
export type ObserveStep = (phase: 'admit' | 'validate', request: Admitted, done: Promise<void>) => Promise<void>;

type Step<R> = (request: Admitted, round: R) => Promise<void> | void;

/** What is asked about one resource, in order. */
interface Steps {
  readonly mutating: readonly Step<MutationRound>[];
  readonly validating: readonly Step<undefined>[];
}

/** Runs the plugins in their order; the first refusal ends the write. */
export class Admission {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #steps = new WeakMap<AnyResource, Steps>();
  readonly #observe: ObserveStep | undefined;

  /** `observe`: told what all plugins together took. */
  constructor(plugins: readonly AdmissionPlugin[], observe?: ObserveStep) {
    this.#plugins = plugins;
    this.#observe = observe;
  }

  mutate(request: Admitted): Promise<void> {
    const done = this.#mutate(request);
    return this.#observe === undefined ? done : this.#observe('admit', request, done);
  }

  async #mutate(request: Admitted): Promise<void> {
    const memory: MutationRound['memory'] = new Map();
    let again = false;
    const askAgain = (): void => {
      again = true;
    };
    const { mutating } = this.#stepsFor(request.served);
    await run(mutating, request, { index: 0, memory, askAgain });
    if (again) await run(mutating, request, { index: 1, memory, askAgain });
  }

  validate(request: Admitted): Promise<void> {
    const done = run(this.#stepsFor(request.served).validating, request, undefined);
    return this.#observe === undefined ? done : this.#observe('validate', request, done);
  }

  #stepsFor({ resource }: Served): Steps {
    let steps = this.#steps.get(resource);
    if (steps === undefined) {
      const asked = this.#plugins.filter(({ about }) => about === undefined || about.includes(resource));
      steps = {
        mutating: asked.flatMap((plugin) => plugin.mutate?.bind(plugin) ?? []),
        validating: asked.flatMap((plugin) => plugin.validate?.bind(plugin) ?? []),
      };
      this.#steps.set(resource, steps);
    }
    return steps;
  }
}

/** Waits only for the steps that have to wait themselves: most have nothing to say. */
async function run<R>(steps: readonly Step<R>[], request: Admitted, round: R): Promise<void> {
  for (const step of steps) {
    const done = step(request, round);
    if (done !== undefined) await done;
  }
}
