/** Devices that are asked for, checked: claims, their templates, and the classes they name. */
import type { WriteContext } from '../../descriptor.ts';
import { forbidden, invalid, notSupported, requiredField, tooLong, type FieldError } from '../../field-error.ts';
import type {
  DeviceClass,
  DeviceClaim,
  DeviceRequest,
  DeviceToleration,
  ExactDeviceRequest,
  ResourceClaim,
  ResourceClaimTemplate,
} from '../../groups/resource.v1.ts';
import { samePlain } from '../../equality.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { labelValueErrors, qualifiedNameErrors } from '../../names.ts';
import { ResourceClaims, ResourceClaimTemplates } from '../../resources.ts';
import type { ExpressionChecks } from '../admission/expression-checks.ts';
import { goShape } from '../go-shape.ts';
import { templateMetadataErrors } from '../storage/claim-template-errors.ts';
import { adminAccessErrors } from './admin-access.ts';
import { deviceClaimStatusErrors } from './claim-status-errors.ts';
import { deviceConfigurationErrors, requestNames, requestReferencesErrors } from './device-configuration.ts';
import { fullAttributeNameErrors, itemsErrors, deviceNameErrors } from './device-names.ts';
import { taintEffects } from './device-taints.ts';

const maxRequests = 32;
const maxOptions = 8;
const maxSelectors = 32;
const maxConstraints = 32;
const maxConfigurations = 32;
const maxExpression = 10 * 1024;

type Checks = Pick<WriteContext, 'expressionChecks' | 'namespaceLabels'>;

export function resourceClaimErrors({ spec }: ResourceClaim, checks: Checks = {}): readonly FieldError[] {
  return [
    ...requestAccessErrors(spec.devices, checks),
    ...deviceClaimErrors(spec.devices, 'spec.devices', selectorCheck(checks)),
  ];
}

/** Templates name the place where a claim has it, too. */
function requestAccessErrors({ requests = [] }: Partial<DeviceClaim> = {}, checks: Checks): readonly FieldError[] {
  const asking = requests.map(({ exactly }) => exactly?.adminAccess);
  return adminAccessErrors(asking, (index) => `spec.devices.requests[${index}]`, checks);
}

export function resourceClaimUpdateErrors(
  claim: ResourceClaim,
  old: ResourceClaim,
  { subresource, ...checks }: Checks & { readonly subresource: string },
): readonly FieldError[] {
  if (subresource === 'status')
    return [...resultAccessErrors(claim, old, checks), ...deviceClaimStatusErrors(claim, old)];
  if (samePlain(claim.spec, old.spec)) return [];
  const type = ResourceClaims.kind.fields['spec']?.type;
  const shown = type === undefined ? null : goShape(type, claim.spec);
  return [invalid('spec', shown, 'field is immutable')];
}

function resultAccessErrors({ status }: ResourceClaim, old: ResourceClaim, checks: Checks): readonly FieldError[] {
  const asking = ({ allocation }: ResourceClaim['status']): readonly (boolean | null | undefined)[] =>
    (allocation?.devices.results ?? []).map(({ adminAccess }) => adminAccess);
  if (asking(old.status).includes(true)) return [];
  return adminAccessErrors(asking(status), (index) => `status.allocation.devices.results[${index}]`, checks);
}

export function claimTemplateErrors({ spec }: ResourceClaimTemplate, checks: Checks = {}): readonly FieldError[] {
  return [
    ...requestAccessErrors(spec.spec.devices, checks),
    ...templateMetadataErrors(spec.metadata, 'spec.metadata'),
    ...deviceClaimErrors(spec.spec.devices, 'spec.spec.devices', selectorCheck(checks)),
  ];
}

export function claimTemplateUpdateErrors(
  template: ResourceClaimTemplate,
  old: ResourceClaimTemplate,
): readonly FieldError[] {
  if (samePlain(template.spec, old.spec)) return [];
  const type = ResourceClaimTemplates.kind.fields['spec']?.type;
  const shown = type === undefined ? null : goShape(type, template.spec);
  return [invalid('spec', shown, 'field is immutable')];
}

export function deviceClassErrors({ spec }: DeviceClass, checks: Checks = {}): readonly FieldError[] {
  const errors = [
    ...selectorErrors(spec.selectors ?? [], 'spec.selectors', selectorCheck(checks)),
    ...itemsErrors(spec.config ?? [], 'spec.config', { max: maxConfigurations, item: deviceConfigurationErrors }),
  ];
  const name = spec.extendedResourceName;
  if (name == null || isExtendedResource(name)) return errors;
  return [...errors, invalid('spec.extendedResourceName', name, 'must be a valid extended resource name')];
}

/** A resource that is none of Kubernetes' own, and of which a quota can be named. */
function isExtendedResource(name: string): boolean {
  const isOwn = !name.includes('/') || name.includes('kubernetes.io/') || name.startsWith('requests.');
  return !isOwn && qualifiedNameErrors(`requests.${name}`).length === 0;
}

function deviceClaimErrors(claim: DeviceClaim | undefined, field: string, check: SelectorCheck): readonly FieldError[] {
  if (claim === undefined) return [];
  const names = requestNames(claim);
  return [
    ...itemsErrors(claim.requests ?? [], `${field}.requests`, {
      max: maxRequests,
      item: (request, at) => requestErrors(request, at, check),
      key: ({ name }) => name,
    }),
    ...itemsErrors(claim.constraints ?? [], `${field}.constraints`, {
      max: maxConstraints,
      item: ({ requests, matchAttribute, distinctAttribute }, at) => [
        ...requestReferencesErrors(requests, names, `${at}.requests`),
        ...constraintErrors({ matchAttribute, distinctAttribute }, at),
      ],
    }),
    ...itemsErrors(claim.config ?? [], `${field}.config`, {
      max: maxConfigurations,
      item: (config, at) => [
        ...requestReferencesErrors(config.requests, names, `${at}.requests`),
        ...deviceConfigurationErrors(config, at),
      ],
    }),
  ];
}

function constraintErrors(
  {
    matchAttribute,
    distinctAttribute,
  }: { readonly matchAttribute?: string | undefined; readonly distinctAttribute?: string | undefined },
  field: string,
): readonly FieldError[] {
  if (matchAttribute != null) return fullAttributeNameErrors(matchAttribute, `${field}.matchAttribute`);
  if (distinctAttribute != null) return fullAttributeNameErrors(distinctAttribute, `${field}.distinctAttribute`);
  const why = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';
  return [requiredField(field, why)];
}

function requestErrors(
  { name, exactly, firstAvailable = [] }: DeviceRequest,
  field: string,
  check: SelectorCheck,
): readonly FieldError[] {
  const errors = deviceNameErrors(name, `${field}.name`);
  const choices = 'exactly one of `exactly` or `firstAvailable` is required';
  if (exactly != null && firstAvailable.length > 0) {
    return [...errors, invalid(field, null, `${choices}, but multiple fields are set`)];
  }
  if (exactly != null) return [...errors, ...optionErrors(exactly, `${field}.exactly`, check)];
  if (firstAvailable.length === 0) return [...errors, requiredField(field, choices)];
  return [
    ...errors,
    ...itemsErrors(firstAvailable, `${field}.firstAvailable`, {
      max: maxOptions,
      item: (option, at) => [...deviceNameErrors(option.name, `${at}.name`), ...optionErrors(option, at, check)],
      key: (option) => option.name,
    }),
  ];
}

type Option = Pick<ExactDeviceRequest, 'deviceClassName' | 'selectors' | 'allocationMode' | 'count' | 'tolerations'>;

function optionErrors(option: Option, field: string, check: SelectorCheck): readonly FieldError[] {
  const { deviceClassName, selectors, allocationMode = '', count, tolerations = [] } = option;
  const errors: FieldError[] = [];
  const at = `${field}.deviceClassName`;
  if (deviceClassName === '') errors.push(requiredField(at));
  else errors.push(...dnsSubdomainErrors(deviceClassName).map((text) => invalid(at, deviceClassName, text)));
  errors.push(...selectorErrors(selectors ?? [], `${field}.selectors`, check));
  const amount = Number(count ?? 0);
  if (allocationMode === 'All') {
    if (amount !== 0) {
      errors.push(invalid(`${field}.count`, amount, "must not be specified when allocationMode is 'All'"));
    }
  } else if (allocationMode === 'ExactCount') {
    if (amount <= 0) errors.push(invalid(`${field}.count`, amount, 'must be greater than zero'));
  } else errors.push(notSupported(`${field}.allocationMode`, allocationMode, ['All', 'ExactCount']));
  return [...errors, ...itemsErrors(tolerations, `${field}.tolerations`, { item: tolerationErrors })];
}

function tolerationErrors(
  { key = '', operator = '', value = '', effect = '' }: DeviceToleration,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (key !== '') errors.push(...qualifiedNameErrors(key).map((text) => invalid(`${field}.key`, key, text)));
  if (operator === 'Exists') {
    if (value !== '') errors.push(invalid(`${field}.value`, value, 'must be empty for operator `Exists`'));
  } else if (operator === 'Equal') {
    errors.push(...labelValueErrors(value).map((text) => invalid(`${field}.value`, value, text)));
  } else if (operator === '') errors.push(requiredField(`${field}.operator`));
  else errors.push(notSupported(`${field}.operator`, operator, ['Equal', 'Exists']));
  if (effect !== '' && !taintEffects.includes(effect))
    errors.push(notSupported(`${field}.effect`, effect, taintEffects));
  return errors;
}

type SelectorCheck = ExpressionChecks['deviceSelector'] | undefined;

const selectorCheck = ({ expressionChecks }: Checks): SelectorCheck =>
  expressionChecks?.({ params: false, variables: false }).deviceSelector;

function selectorErrors(
  selectors: readonly { readonly cel?: { readonly expression: string } | null | undefined }[],
  field: string,
  check: SelectorCheck,
): readonly FieldError[] {
  return itemsErrors(selectors, field, {
    max: maxSelectors,
    item: ({ cel }, at) => {
      if (cel == null) return [requiredField(`${at}.cel`)];
      const { expression } = cel;
      const where = `${at}.cel.expression`;
      if (Buffer.byteLength(expression) > maxExpression) return [tooLong(where, maxExpression)];
      const { problem, costsTooMuch } = check?.(expression) ?? {};
      if (problem !== undefined) return [invalid(where, expression, problem)];
      return costsTooMuch === true ? [forbidden(where, 'too complex, exceeds cost limit')] : [];
    },
  });
}
