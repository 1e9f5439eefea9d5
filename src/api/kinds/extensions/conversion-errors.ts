/** How a CustomResourceDefinition says that its versions are converted. Errors name the fields as they are kept inside. */
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { CustomResourceConversion, WebhookClientConfig } from '../../groups/apiextensions.v1.ts';
import { dns1035LabelErrors } from '../../names.ts';
import { repeats } from '../../repeats.ts';
import { serviceReferenceErrors, urlErrors } from '../admission/webhook-errors.ts';

export function conversionErrors(
  conversion: CustomResourceConversion | undefined,
  field: string,
  anyBundle = true,
): readonly FieldError[] {
  if (conversion === undefined) return [];
  const { strategy, webhook } = conversion;
  const config = `${field}.webhookClientConfig`;
  const reviews = `${field}.conversionReviewVersions`;
  const versions = webhook?.conversionReviewVersions ?? [];
  const errors: FieldError[] = [];
  if (strategy === '') errors.push(requiredField(`${field}.strategy`));
  else if (strategy !== 'None' && strategy !== 'Webhook') {
    errors.push(notSupported(`${field}.strategy`, strategy, ['None', 'Webhook']));
  }
  if (strategy === 'Webhook') {
    const client = webhook?.clientConfig;
    if (client === undefined) errors.push(requiredField(config, 'required when strategy is set to Webhook'));
    else errors.push(...clientErrors(client, config), ...(anyBundle ? [] : bundleErrors(client, `${config}.caBundle`)));
    return [...errors, ...reviewErrors(versions, reviews)];
  }
  const why = 'should not be set when strategy is not set to Webhook';
  if (webhook?.clientConfig !== undefined) errors.push(forbidden(config, why));
  if (versions.length > 0) errors.push(forbidden(reviews, why));
  return errors;
}

function reviewErrors(versions: readonly string[], field: string): readonly FieldError[] {
  if (versions.length === 0) return [requiredField(field)];
  const again = repeats(versions);
  const errors = versions.flatMap((version, i) => {
    const texts = again.has(i) ? ['duplicate version'] : dns1035LabelErrors(version);
    return texts.map((text) => invalid(`${field}[${i}]`, version, text));
  });
  const known = versions.includes('v1') || versions.includes('v1beta1');
  return known ? errors : [...errors, invalid(field, versions, 'must include at least one of v1, v1beta1')];
}

/** Certificates that were unreadable before may stay so. */
export const hasBadBundle = (conversion: CustomResourceConversion | undefined): boolean =>
  conversion?.webhook?.clientConfig !== undefined && bundleErrors(conversion.webhook.clientConfig, '').length > 0;

function bundleErrors({ caBundle }: WebhookClientConfig, field: string): readonly FieldError[] {
  if (caBundle === undefined || caBundle.length === 0) return [];
  const text = Buffer.from(caBundle, typeof caBundle === 'string' ? 'base64' : undefined).toString('latin1');
  if (/-----BEGIN CERTIFICATE-----[^]*-----END CERTIFICATE-----/.test(text)) return [];
  const why = 'unable to load root certificates: data does not contain any valid RSA or ECDSA certificates';
  return [invalid(field, caBundle, why)];
}

function clientErrors({ url, service }: WebhookClientConfig, field: string): readonly FieldError[] {
  if ((url === undefined) === (service === undefined)) {
    return [requiredField(field, 'exactly one of url or service is required')];
  }
  if (url !== undefined) return urlErrors(url, `${field}.url`);
  return service === undefined ? [] : serviceReferenceErrors(service, `${field}.service`);
}
