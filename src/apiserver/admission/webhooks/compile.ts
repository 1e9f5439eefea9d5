/** Webhooks of a configuration with their selectors read: once for each version of the configuration. */
import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhook,
} from '../../../api/groups/admissionregistration.v1.ts';
import type { KubeObject } from '../../../api/kind.ts';
import type { Served } from '../../registry/served.ts';
import { matchCriteria, type MatchCriteria } from '../matching.ts';

export type Webhook = ValidatingWebhook & Pick<Partial<MutatingWebhook>, 'reinvocationPolicy'>;

export interface CompiledWebhook {
  readonly webhook: Webhook;
  readonly configuration: string;
  readonly criteria: MatchCriteria;
}

const compiled = new WeakMap<KubeObject, readonly CompiledWebhook[]>();

/** All webhooks of a kind, in the order of their configurations' names. */
export function compiledWebhooks({ cache }: Served): readonly CompiledWebhook[] {
  return cache.list(cache.prefix).flatMap(({ object }) => {
    let webhooks = compiled.get(object);
    if (webhooks === undefined) compiled.set(object, (webhooks = compile(object)));
    return webhooks;
  });
}

function compile(object: KubeObject): readonly CompiledWebhook[] {
  const { metadata, webhooks = [] } = object as unknown as MutatingWebhookConfiguration;
  return webhooks.map((webhook) => ({
    webhook,
    configuration: metadata.name,
    criteria: matchCriteria({ ...webhook, rules: webhook.rules ?? [] }),
  }));
}
