import type { Descriptor, Draft } from '../../descriptor.ts';
import type {
  MutatingWebhookConfiguration,
  RuleWithOperations,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from '../../groups/admissionregistration.v1.ts';
import { MutatingWebhookConfigurations, ValidatingWebhookConfigurations } from '../../resources.ts';
import { ageColumn, countColumn, nameColumn, table } from '../columns.ts';
import { prepareWithGeneration } from '../prepare.ts';
import { staticNameWarnings } from './static-names.ts';
import { webhooksErrors } from './webhook-errors.ts';

export const mutatingWebhookConfigurationDescriptor: Descriptor<MutatingWebhookConfiguration> = {
  resource: MutatingWebhookConfigurations,
  unconditionalUpdate: false,
  ...prepareWithGeneration<MutatingWebhookConfiguration>(MutatingWebhookConfigurations, { counted: 'webhooks' }),
  defaults(draft) {
    for (const webhook of draft.webhooks ?? []) {
      webhookDefaults(webhook);
      webhook.reinvocationPolicy ??= 'Never';
    }
  },
  validateCreate: (configuration, context) => webhooksErrors(configuration, context),
  validateUpdate: (configuration, old, context) => webhooksErrors(configuration, context, old),
  warnings: staticNameWarnings,
  table: table<MutatingWebhookConfiguration>([
    nameColumn,
    countColumn('Webhooks', ({ webhooks }) => (webhooks ?? []).length),
    ageColumn,
  ]),
};

export const validatingWebhookConfigurationDescriptor: Descriptor<ValidatingWebhookConfiguration> = {
  resource: ValidatingWebhookConfigurations,
  unconditionalUpdate: false,
  ...prepareWithGeneration<ValidatingWebhookConfiguration>(ValidatingWebhookConfigurations, { counted: 'webhooks' }),
  defaults(draft) {
    for (const webhook of draft.webhooks ?? []) webhookDefaults(webhook);
  },
  validateCreate: (configuration, context) => webhooksErrors(configuration, context),
  validateUpdate: (configuration, old, context) => webhooksErrors(configuration, context, old),
  warnings: staticNameWarnings,
  table: table<ValidatingWebhookConfiguration>([
    nameColumn,
    countColumn('Webhooks', ({ webhooks }) => (webhooks ?? []).length),
    ageColumn,
  ]),
};

function webhookDefaults(webhook: Draft<ValidatingWebhook>): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  if (webhook.clientConfig.service != null) webhook.clientConfig.service.port ??= 443;
  ruleScopeDefaults(webhook.rules ?? []);
}

export function ruleScopeDefaults(rules: Draft<readonly RuleWithOperations[]>): void {
  for (const rule of rules) rule.scope ??= '*';
}
