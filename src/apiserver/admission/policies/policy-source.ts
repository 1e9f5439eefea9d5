/**
 * Policies with their bindings, read once for each version: selectors as requirements, expressions compiled when a
 * request first needs them.
 */
import type { MatchResources, ParamKind, ParamRef } from '../../../api/groups/admissionregistration.v1.ts';
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

interface KnownPolicy<P, C> {
  readonly policy: P;
  readonly criteria: MatchCriteria;
  readonly compiled: () => C;
}

interface BoundBy<B> {
  readonly binding: B;
  /** Undefined: it holds wherever the policy does. */
  readonly criteria: MatchCriteria | undefined;
}

export interface Hook<P, B, C> extends KnownPolicy<P, C> {
  readonly bindings: readonly BoundBy<B>[];
}

export class PolicySource<P extends AnyPolicy, B extends AnyBinding, C> {
  readonly #policies: Served;
  readonly #bindings: Served;
  readonly #compile: (policy: P) => C;
  readonly #knownPolicies = new WeakMap<Entry, KnownPolicy<P, C>>();
  readonly #knownBindings = new WeakMap<Entry, BoundBy<B>>();
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
    const all = bindings.map((entry) => this.#bindingOf(entry));
    const byPolicy = Map.groupBy(all, ({ binding }) => binding.spec.policyName ?? '');
    return policies.flatMap((entry) => {
      const { policy, criteria, compiled } = this.#policyOf(entry);
      const own = byPolicy.get(policy.metadata.name) ?? [];
      return own.length === 0 ? [] : [{ policy, criteria, compiled, bindings: own }];
    });
  }

  #bindingOf(entry: Entry): BoundBy<B> {
    let known = this.#knownBindings.get(entry);
    if (known === undefined) {
      const binding = entry.object as unknown as B;
      const { matchResources } = binding.spec;
      known = { binding, criteria: matchResources == null ? undefined : criteriaOf(matchResources) };
      this.#knownBindings.set(entry, known);
    }
    return known;
  }

  #policyOf(entry: Entry): KnownPolicy<P, C> {
    let known = this.#knownPolicies.get(entry);
    if (known === undefined) {
      const policy = entry.object as unknown as P;
      let compiled: { readonly value: C } | undefined;
      known = {
        policy,
        criteria: criteriaOf(policy.spec.matchConstraints ?? {}),
        compiled: () => (compiled ??= { value: this.#compile(policy) }).value,
      };
      this.#knownPolicies.set(entry, known);
    }
    return known;
  }
}

function criteriaOf(match: MatchResources): MatchCriteria {
  const rules = match.resourceRules ?? [];
  return matchCriteria({
    ...match,
    rules: rules.length === 0 ? undefined : rules,
    excluded: match.excludeResourceRules ?? [],
  });
}
