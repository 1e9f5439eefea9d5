/** What is wrong with a configuration file, apart from the arguments of its plugins. */
import { duplicate, invalid, requiredField, type FieldError } from '../../api/field-error.ts';
import { canonicalDuration, DurationError, formatDuration, parseDuration } from '../../api/duration.ts';
import { isExtended } from '../../api/kinds/pod/resources.ts';
import { qualifiedNameErrors } from '../../api/names.ts';
import { equalJson } from '../equal-json.ts';
import {
  configGroupVersion,
  type DeclaredExtender,
  type DeclaredProfile,
  type KubeSchedulerConfiguration,
  type PluginConfig,
  type PluginSet,
} from './declarations.ts';

const range = 'not in valid range [0-100]';

type ArgsErrors = (config: PluginConfig, field: string) => readonly FieldError[];

/** `argsErrors`: what is wrong with a plugin's arguments. */
export function configurationErrors(configuration: KubeSchedulerConfiguration, argsErrors: ArgsErrors): FieldError[] {
  const { parallelism = 0, podInitialBackoffSeconds = 0, podMaxBackoffSeconds = 0 } = configuration;
  const errors = [...clientErrors(configuration), ...leaderElectionErrors(configuration)];
  if (parallelism <= 0) {
    errors.push(invalid('parallelism', parallelism, 'should be an integer value greater than zero'));
  }
  errors.push(...profilesErrors(configuration.profiles ?? [], argsErrors));
  errors.push(...percentageErrors(configuration.percentageOfNodesToScore, 'percentageOfNodesToScore'));
  if (podInitialBackoffSeconds <= 0) {
    errors.push(invalid('podInitialBackoffSeconds', podInitialBackoffSeconds, 'must be greater than 0'));
  }
  if (podMaxBackoffSeconds < podInitialBackoffSeconds) {
    const detail = 'must be greater than or equal to PodInitialBackoffSeconds';
    errors.push(invalid('podMaxBackoffSeconds', podMaxBackoffSeconds, detail));
  }
  return [...errors, ...extendersErrors(configuration.extenders ?? [])];
}

function clientErrors({ clientConnection }: KubeSchedulerConfiguration): readonly FieldError[] {
  const { burst = 0 } = clientConnection ?? {};
  return burst < 0 ? [invalid('clientConnection.burst', burst, 'must be non-negative')] : [];
}

function leaderElectionErrors({ leaderElection = {} }: KubeSchedulerConfiguration): readonly FieldError[] {
  const { leaderElect = true, resourceLock = 'leases' } = leaderElection;
  if (!leaderElect) return [];
  const errors: FieldError[] = [];
  // What is not said, or is 0 s, is the default.
  const times = { leaseDuration: 15_000, renewDeadline: 10_000, retryPeriod: 2000 };
  for (const name of ['leaseDuration', 'renewDeadline', 'retryPeriod'] as const) {
    const text = leaderElection[name] ?? '0s';
    try {
      const ms = parseDuration(text);
      if (ms !== 0) times[name] = ms;
      if (ms < 0) errors.push(invalid(`leaderElection.${name}`, canonicalDuration(text), 'must be greater than zero'));
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
      errors.push(invalid(`leaderElection.${name}`, text, error.message));
    }
  }
  if (times.leaseDuration <= times.renewDeadline) {
    const detail = 'LeaseDuration must be greater than RenewDeadline';
    errors.push(invalid('leaderElection.leaseDuration', formatDuration(times.renewDeadline), detail));
  }
  if (resourceLock !== '' && resourceLock !== 'leases') {
    errors.push(invalid('leaderElection.resourceLock', resourceLock, 'resourceLock value must be "leases"'));
  }
  return errors;
}

function percentageErrors(percentage: number | undefined, field: string): readonly FieldError[] {
  if (percentage === undefined || (percentage >= 0 && percentage <= 100)) return [];
  return [invalid(field, percentage, range)];
}

function profilesErrors(profiles: readonly DeclaredProfile[], argsErrors: ArgsErrors): readonly FieldError[] {
  const names = new Map<string, number>();
  const errors = profiles.flatMap((profile, index) => {
    const at = `profiles[${index}]`;
    const { schedulerName = '', pluginConfig = [], plugins = {} } = profile;
    const errors: FieldError[] = [];
    if (schedulerName === '') errors.push(requiredField(`${at}.schedulerName`));
    errors.push(...percentageErrors(profile.percentageOfNodesToScore, `${at}.percentageOfNodesToScore`));
    for (const [point, set] of Object.entries(plugins)) {
      if (point === 'multiPoint') continue;
      for (const [position, { name }] of (set?.enabled ?? []).entries()) {
        if (removed.has(name)) errors.push(invalid(`${at}.plugins.${point}.enabled[${position}]`, name, wasRemoved));
      }
    }
    const seen = new Set<string>();
    for (const [position, config] of pluginConfig.entries()) {
      const { name } = config;
      const item = `${at}.pluginConfig[${position}]`;
      if (seen.has(name)) errors.push(duplicate(item, name));
      seen.add(name);
      if (removed.has(name)) errors.push(invalid(item, name, wasRemoved));
      else errors.push(...argsErrors(config, `${item}.args`));
    }
    const other = names.get(schedulerName);
    if (other !== undefined) {
      const message = `Duplicate value: profiles[${other}].schedulerName`;
      errors.push({ ...duplicate(`${at}.schedulerName`, schedulerName), message });
    }
    names.set(schedulerName, index);
    return errors;
  });
  return [...errors, ...commonQueueSortErrors(profiles)];
}

/** Plugins of earlier versions; upstream names the version of pods, not its own, as the one that lost them. */
const removed: ReadonlySet<string> = new Set(['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits']);
const wasRemoved = `was invalid in version "v1" (KubeSchedulerConfiguration is version "${configGroupVersion}")`;

function commonQueueSortErrors(profiles: readonly DeclaredProfile[]): readonly FieldError[] {
  const [first, ...others] = profiles.map(({ plugins }) => asInGo(plugins?.queueSort));
  const errors: FieldError[] = [];
  const count = first?.Enabled?.length ?? 0;
  if (count > 1) {
    const detail = 'only one queue sort plugin can be enabled';
    errors.push(invalid('profiles[0].plugins.queueSort.Enabled', count, detail));
  }
  for (const [index, other] of others.entries()) {
    if (equalJson(first, other)) continue;
    errors.push(invalid(`profiles[${index + 1}].plugins.queueSort`, other, 'must be the same for all profiles'));
  }
  return errors;
}

/** As upstream's own type is printed, which has no names for JSON. */
function asInGo({ enabled, disabled }: PluginSet = {}) {
  const list = (plugins: PluginSet['enabled']) =>
    plugins?.map(({ name, weight }) => ({ Name: name, Weight: weight ?? 0 })) ?? null;
  return { Enabled: list(enabled), Disabled: list(disabled) };
}

function extendersErrors(extenders: readonly DeclaredExtender[]): readonly FieldError[] {
  const managed = new Set<string>();
  const errors = extenders.flatMap((extender, index) => extenderErrors(extender, `extenders[${index}]`, managed));
  const binders = extenders.filter(({ bindVerb = '' }) => bindVerb !== '').length;
  if (binders <= 1) return errors;
  return [
    ...errors,
    invalid('extenders', `found ${binders} extenders implementing bind`, 'only one extender can implement bind'),
  ];
}

function extenderErrors(extender: DeclaredExtender, at: string, managed: Set<string>): readonly FieldError[] {
  const { prioritizeVerb = '', weight = 0, managedResources = [] } = extender;
  const errors: FieldError[] = [];
  if (prioritizeVerb !== '' && weight <= 0) {
    errors.push(invalid(`${at}.weight`, weight, 'must have a positive weight applied to it'));
  }
  for (const [position, { name }] of managedResources.entries()) {
    const field = `${at}.managedResources[${position}].name`;
    const faults = qualifiedNameErrors(name);
    if (faults.length === 0 && !isExtended(name)) faults.push('is an invalid extended resource name');
    errors.push(...faults.map((text) => invalid(field, name, text)));
    if (managed.has(name)) errors.push(invalid(field, name, 'duplicate extender managed resource name'));
    managed.add(name);
  }
  return errors;
}
