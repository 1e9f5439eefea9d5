/**
 * Policies with their bindings, read once for each version: selectors as requirements, expressions compiled when a
 * request first needs them.
 */
import type { MatchResources, ParamKind, ParamRef } from '../../../api/groups/admissionregistration.v1.ts';
import type { KubeObject } from '../../../api/kind.ts';
import type { Entry } from '../../registry/entry.ts';
import type { Served } from '../../registry/served.ts';
import { matchCriteria, type MatchCriteria } from '../matching.ts';

/** What both kinds of policy have. */
export interface AnyPolicy {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly failurePolicy?: string | undefined;
    readonly paramKind?: ParamKind | null | undefined;
    readonly matchConstraints?: MatchResources | null | undefined;
  };
}

export interface AnyBinding {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly policyName?: string | undefined;
    readonly paramRef?: ParamRef | null | undefined;
    readonly matchResources?: MatchResources | null | undefined;
  };
}

export interface Hook<P extends AnyPolicy, B extends AnyBinding, C> {
  readonly policy: P;
  readonly criteria: MatchCriteria;
  readonly compiled: () => C;
  readonly bindings: readonly { readonly binding: B; readonly criteria: MatchCriteria | undefined }[];
}

export class PolicySource<P extends AnyPolicy, B extends AnyBinding, C> {
  readonly #policies: Served;
  readonly #bindings: Served;
  readonly #compile: (policy: P) => C;
  readonly #compiled = new WeakMap<object, C>();
  readonly #criteria = new WeakMap<object, MatchCriteria>();
  #entries: readonly Entry[] = [];
  #hooks: readonly Hook<P, B, C>[] = [];
  #loaded = false;

  constructor(policies: Served, bindings: Served, compile: (policy: P) => C) {
    this.#policies = policies;
    this.#bindings = bindings;
    this.#compile = compile;
  }

  /** Nothing is in force, as far as is known without waiting. */
  get isEmpty(): boolean {
    return this.#loaded && (this.#policies.cache.size === 0 || this.#bindings.cache.size === 0);
  }

  /** Policies that have bindings, in the order of their names. */
  async hooks(): Promise<readonly Hook<P, B, C>[]> {
    const [policies, bindings] = [this.#policies.cache, this.#bindings.cache];
    await Promise.all([policies.ready(), bindings.ready()]);
    this.#loaded = true;
    const entries = [...policies.list(policies.prefix), ...bindings.list(bindings.prefix)];
    const same = entries.length === this.#entries.length && entries.every((entry, i) => entry === this.#entries[i]);
    if (!same) {
      this.#hooks = this.#join(entries.slice(0, policies.size), entries.slice(policies.size));
      this.#entries = entries;
    }
    return this.#hooks;
  }

  #join(policies: readonly Entry[], bindings: readonly Entry[]): readonly Hook<P, B, C>[] {
    const all = bindings.map(({ object }) => object as unknown as B);
    const byPolicy = Map.groupBy(all, ({ spec }) => spec.policyName ?? '');
    return policies.flatMap(({ object }) => {
      const policy = object as unknown as P;
      const own = byPolicy.get(policy.metadata.name) ?? [];
      if (own.length === 0) return [];
      const hook: Hook<P, B, C> = {
        policy,
        criteria: this.#criteriaOf(object, policy.spec.matchConstraints ?? {}),
        compiled: () => this.#compiledOf(policy),
        bindings: own.map((binding) => ({
          binding,
          criteria:
            binding.spec.matchResources == null
              ? undefined
              : this.#criteriaOf(binding as unknown as KubeObject, binding.spec.matchResources),
        })),
      };
      return [hook];
    });
  }

  #compiledOf(policy: P): C {
    let compiled = this.#compiled.get(policy);
    if (compiled === undefined) this.#compiled.set(policy, (compiled = this.#compile(policy)));
    return compiled;
  }

  #criteriaOf(object: KubeObject, match: MatchResources): MatchCriteria {
    let criteria = this.#criteria.get(object);
    if (criteria === undefined) {
      const rules = match.resourceRules ?? [];
      criteria = matchCriteria({
        ...match,
        rules: rules.length === 0 ? undefined : rules,
        excluded: match.excludeResourceRules ?? [],
      });
      this.#criteria.set(object, criteria);
    }
    return criteria;
  }
}
