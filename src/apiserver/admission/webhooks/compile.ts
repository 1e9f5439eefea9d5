/** Webhooks of a configuration with their selectors read: once for each version of the configuration. */
import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhook,
} from '../../../api/groups/admissionregistration.v1.ts';
import type { KubeObject } from '../../../api/kind.ts';
import { admissionEnvironment } from '../../../cel/admission-environment.ts';
import { boolType } from '../../../cel/type.ts';
import type { Entry } from '../../registry/entry.ts';
import type { Served } from '../../registry/served.ts';
import { compiledExpression, type CompiledExpression } from '../policies/compiled-expression.ts';
import { matchCriteria, type MatchCriteria } from '../matching.ts';

export type Webhook = ValidatingWebhook & Pick<Partial<MutatingWebhook>, 'reinvocationPolicy'>;

export interface CompiledWebhook {
  readonly webhook: Webhook;
  readonly configuration: string;
  readonly criteria: MatchCriteria;
  /** Compiled when they are first needed. */
  readonly conditions: () => readonly CompiledExpression[];
}

const compiled = new WeakMap<Entry, readonly CompiledWebhook[]>();

/** All webhooks of a kind, in the order of their configurations' names. */
export function compiledWebhooks({ cache }: Served): readonly CompiledWebhook[] {
  return cache.list(cache.prefix).flatMap((entry) => {
    let webhooks = compiled.get(entry);
    if (webhooks === undefined) compiled.set(entry, (webhooks = compile(entry.object)));
    return webhooks;
  });
}

function compile(object: KubeObject): readonly CompiledWebhook[] {
  const { metadata, webhooks = [] } = object as unknown as MutatingWebhookConfiguration;
  return webhooks.map((webhook) => ({
    webhook,
    configuration: metadata.name,
    criteria: matchCriteria({ ...webhook, rules: webhook.rules ?? [] }),
    conditions: once(() => compileConditions(webhook)),
  }));
}

function compileConditions({ matchConditions = [] }: Webhook): readonly CompiledExpression[] {
  const environment = admissionEnvironment({ params: false, authorizer: true });
  return matchConditions.map(({ expression }) => compiledExpression(expression, environment, [boolType]));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
