/**
 * Admission: what the cluster says to a write after the user was allowed to ask for it. Plugins first change the object,
 * then all of them check the result. A plugin refuses by throwing an ApiError.
 */
import type { Draft } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Served } from '../registry/served.ts';
import type { User } from '../user.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** What is about to happen. Mutating plugins may change `object` in place. */
export interface Admitted {
  readonly operation: Operation;
  readonly served: Served;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly subresource: string;
  /** The object as it would be written, or the subresource's body; undefined for deletions. */
  readonly object: Draft<KubeObject> | undefined;
  readonly old: KubeObject | undefined;
  readonly options: JsonObject;
  readonly user: User;
  readonly dryRun: boolean;
  warn(text: string): void;
}

export interface AdmissionPlugin {
  /** Kubernetes' name of the plugin, such as LimitRanger. */
  readonly name: string;
  mutate?(request: Admitted): Promise<void> | void;
  validate?(request: Admitted): Promise<void> | void;
}

type Step = (request: Admitted) => Promise<void> | void;

/** Runs the plugins in their order; the first refusal ends the write. */
export class Admission {
  readonly #mutating: readonly Step[];
  readonly #validating: readonly Step[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#mutating = plugins.flatMap((plugin) => plugin.mutate?.bind(plugin) ?? []);
    this.#validating = plugins.flatMap((plugin) => plugin.validate?.bind(plugin) ?? []);
  }

  mutate(request: Admitted): Promise<void> {
    return run(this.#mutating, request);
  }

  validate(request: Admitted): Promise<void> {
    return run(this.#validating, request);
  }
}

/** Waits only for the steps that have to wait themselves: most have nothing to say. */
async function run(steps: readonly Step[], request: Admitted): Promise<void> {
  for (const step of steps) {
    const done = step(request);
    if (done !== undefined) await done;
  }
}
