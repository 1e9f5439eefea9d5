/** Arguments of the plugins that come with the scheduler, read strictly and checked with upstream's texts. */
import { DecodeError } from '../../api/codec/decode-error.ts';
import { decode } from '../../api/codec/decode.ts';
import { applyDefaults } from '../../api/defaults.ts';
import { canonicalDuration, DurationError, parseDuration } from '../../api/duration.ts';
import { duplicate, forbidden, invalid, notSupported, requiredField, type FieldError } from '../../api/field-error.ts';
import type { KindType } from '../../api/message.ts';
import { qualifiedNameErrors } from '../../api/names.ts';
import type { JsonObject } from '../../api/schema.ts';
import { selectorTermErrors } from './selector-term-errors.ts';
import {
  configGroupVersion,
  type BalancedAllocationArgs,
  type DefaultPreemptionArgs,
  type DynamicResourcesArgs,
  type InterPodAffinityArgs,
  type NodeAffinityArgs,
  type NodeResourcesFitArgs,
  type PodTopologySpreadArgs,
  type VolumeBindingArgs,
} from './declarations.ts';

/** @throws DecodeError for what `argsFaults` tells of. */
export function readArgs<T>(kind: KindType<T, unknown>, raw: JsonObject | undefined): T {
  const { value } = decode(kind, raw ?? {});
  applyDefaults(kind, value);
  return value;
}

export interface ArgsFaults {
  /** They cannot be read at all. */
  readonly fatal?: string;
  /** Fields that there are not. */
  readonly strict?: string;
}

/** What is wrong with the form of a plugin's arguments. */
export function argsFaults(name: string, kind: KindType<unknown, unknown>, raw: JsonObject = {}): ArgsFaults {
  const { kind: said = kind.kind, apiVersion = configGroupVersion } = raw;
  if (said !== kind.kind || apiVersion !== configGroupVersion) {
    const [group] = String(apiVersion).split('/');
    return { fatal: `args for plugin ${name} were not of type ${kind.kind}.${configGroup}, got ${said}.${group}` };
  }
  try {
    const { unknown } = decode(kind, raw);
    if (unknown.length === 0) return {};
    const fields = unknown.map((field) => `unknown field ${JSON.stringify(field)}`).join(', ');
    return { strict: `decoding args for plugin ${name}: strict decoding error: ${fields}` };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { fatal: `decoding args for plugin ${name}: ${error.message}` };
  }
}

const [configGroup = ''] = configGroupVersion.split('/');

function joined(field: string, name: string): string {
  return field === '' ? name : `${field}.${name}`;
}

const strategies = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'];

export function fitErrors(args: NodeResourcesFitArgs, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, name] of (args.ignoredResources ?? []).entries()) {
    errors.push(...labelNameErrors(name, `${joined(field, 'ignoredResources')}[${index}]`));
  }
  for (const [index, group] of (args.ignoredResourceGroups ?? []).entries()) {
    const at = `${joined(field, 'ignoredResourceGroups')}[${index}]`;
    if (group.includes('/')) errors.push(invalid(at, group, "resource group name can't contain '/'"));
    errors.push(...labelNameErrors(group, at));
  }
  const { scoringStrategy: strategy } = args;
  if (strategy === undefined) return errors;
  const at = joined(field, 'scoringStrategy');
  const type = strategy.type ?? '';
  if (!strategies.includes(type)) errors.push(notSupported(`${at}.type`, type, strategies));
  for (const [index, { name, weight = 0 }] of (strategy.resources ?? []).entries()) {
    if (weight > 0 && weight <= 100) continue;
    const detail = `resource weight of ${name} not in valid range (0, 100]`;
    errors.push(invalid(`${at}.resources[${index}].weight`, weight, detail));
  }
  const ratio = `${at}.requestedToCapacityRatio`;
  const { requestedToCapacityRatio: parameters } = strategy;
  if (type !== 'RequestedToCapacityRatio') {
    const detail = 'must be nil when type is not RequestedToCapacityRatio';
    return parameters === undefined ? errors : [...errors, forbidden(ratio, detail)];
  }
  if (parameters === undefined) {
    return [...errors, requiredField(ratio, 'must be specified when type is RequestedToCapacityRatio')];
  }
  return [...errors, ...shapeErrors(parameters.shape ?? [], `${ratio}.shape`)];
}

function labelNameErrors(name: string, field: string): readonly FieldError[] {
  return qualifiedNameErrors(name).map((text) => invalid(field, name, text));
}

function shapeErrors(
  shape: readonly { readonly utilization: number; readonly score: number }[],
  field: string,
): readonly FieldError[] {
  if (shape.length === 0) return [requiredField(field, 'at least one point must be specified')];
  const errors: FieldError[] = [];
  const falling = shape.findIndex(
    ({ utilization }, index) => utilization <= (shape[index - 1]?.utilization ?? -Infinity),
  );
  if (falling > 0) {
    const detail = 'values must be sorted in increasing order';
    errors.push(invalid(`${field}[${falling}].utilization`, shape[falling]?.utilization, detail));
  }
  for (const [index, { utilization, score }] of shape.entries()) {
    const at = `${field}[${index}]`;
    if (utilization < 0 || utilization > 100) {
      errors.push(invalid(`${at}.utilization`, utilization, 'not in valid range [0, 100]'));
    }
    if (score < 0 || score > 10) errors.push(invalid(`${at}.score`, score, 'not in valid range [0, 10]'));
  }
  return errors;
}

export function balancedErrors({ resources = [] }: BalancedAllocationArgs, field: string): readonly FieldError[] {
  const seen = new Set<string>();
  return resources.flatMap(({ name, weight = 0 }, index) => {
    const at = `${field}.resources[${index}]`;
    const errors: FieldError[] = [];
    if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    if (weight !== 1) errors.push(invalid(`${at}.weight`, weight, 'must be 1'));
    seen.add(name);
    return errors;
  });
}

export function nodeAffinityErrors({ addedAffinity }: NodeAffinityArgs, field: string): readonly FieldError[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: required } = addedAffinity ?? {};
  const { preferredDuringSchedulingIgnoredDuringExecution: preferred = [] } = addedAffinity ?? {};
  const at = joined(field, 'addedAffinity');
  const terms = (required?.nodeSelectorTerms ?? []).flatMap((term, index) =>
    selectorTermErrors(term, `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${index}]`),
  );
  const wishes = preferred.flatMap(({ weight, preference }, index) =>
    weight === 0
      ? []
      : selectorTermErrors(preference, `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`),
  );
  return [...terms, ...wishes];
}

export function spreadErrors(args: PodTopologySpreadArgs, field: string): readonly FieldError[] {
  const { defaultingType = 'System', defaultConstraints = [] } = args;
  const types = ['System', 'List'];
  const errors: FieldError[] = [];
  if (!types.includes(defaultingType)) errors.push(notSupported(`${field}.defaultingType`, defaultingType, types));
  if (defaultingType === 'System' && defaultConstraints.length > 0) {
    errors.push(invalid(`${field}.defaultingType`, defaultingType, 'when .defaultConstraints are not empty'));
  }
  const seen = new Set<string>();
  for (const [index, constraint] of defaultConstraints.entries()) {
    const at = `${field}.defaultConstraints[${index}]`;
    const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = constraint;
    if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, 'not in valid range (0, inf)'));
    if (topologyKey === '') errors.push(requiredField(`${at}.topologyKey`, 'can not be empty'));
    else errors.push(...labelNameErrors(topologyKey, `${at}.topologyKey`));
    const actions = ['DoNotSchedule', 'ScheduleAnyway'];
    if (whenUnsatisfiable === '') errors.push(requiredField(`${at}.whenUnsatisfiable`, 'can not be empty'));
    else if (!actions.includes(whenUnsatisfiable)) {
      errors.push(notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, actions));
    }
    if (labelSelector !== undefined) {
      const detail = 'constraint must not define a selector, as they deduced for each pod';
      errors.push(forbidden(`${at}.labelSelector`, detail));
    }
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`;
    if (seen.has(pair)) errors.push(duplicate(at, pair));
    seen.add(pair);
  }
  return errors;
}

export function podAffinityErrors(args: InterPodAffinityArgs, field: string): readonly FieldError[] {
  const { hardPodAffinityWeight: weight = 1 } = args;
  if (weight >= 0 && weight <= 100) return [];
  return [invalid(`${field}.hardPodAffinityWeight`, weight, 'not in valid range [0, 100]')];
}

export function preemptionErrors(args: DefaultPreemptionArgs, field: string): readonly FieldError[] {
  const { minCandidateNodesPercentage: percentage = 10, minCandidateNodesAbsolute: absolute = 100 } = args;
  const errors: FieldError[] = [];
  const percentageField = `${field}.minCandidateNodesPercentage`;
  const absoluteField = `${field}.minCandidateNodesAbsolute`;
  if (percentage < 0 || percentage > 100) {
    errors.push(invalid(percentageField, percentage, 'not in valid range [0, 100]'));
  }
  if (absolute < 0) errors.push(invalid(absoluteField, absolute, 'not in valid range [0, inf)'));
  if (percentage === 0 && absolute === 0) {
    errors.push(
      invalid(percentageField, percentage, 'cannot be zero at the same time as minCandidateNodesAbsolute'),
      invalid(absoluteField, absolute, 'cannot be zero at the same time as minCandidateNodesPercentage'),
    );
  }
  return errors;
}

export function volumeBindingErrors(args: VolumeBindingArgs, field: string): readonly FieldError[] {
  const { bindTimeoutSeconds = 600, shape } = args;
  const errors: FieldError[] = [];
  if (bindTimeoutSeconds < 0) {
    const detail = 'invalid BindTimeoutSeconds, should not be a negative value';
    errors.push(invalid(`${field}.bindTimeoutSeconds`, bindTimeoutSeconds, detail));
  }
  if (shape !== undefined) {
    const value = shape.map(({ utilization, score }) => ({ Utilization: utilization, Score: score }));
    const detail = 'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring';
    errors.push(invalid(`${field}.shape`, value, detail));
  }
  return errors;
}

export function dynamicResourcesErrors(args: DynamicResourcesArgs, field: string): readonly FieldError[] {
  const limits = [
    { name: 'filterTimeout', leastMs: 0, detail: 'must be zero or positive' },
    { name: 'bindingTimeout', leastMs: 1000, detail: 'must be at least 1 second' },
  ] as const;
  return limits.flatMap(({ name, leastMs, detail }) => {
    const text = args[name];
    if (text === undefined) return [];
    try {
      return parseDuration(text) < leastMs ? [invalid(`${field}.${name}`, canonicalDuration(text), detail)] : [];
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
      return [invalid(`${field}.${name}`, text, error.message)];
    }
  });
}
