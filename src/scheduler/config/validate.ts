/** What is wrong with a configuration file, apart from the arguments of its plugins. */
import { duplicate, invalid, requiredField, type FieldError } from '../../api/field-error.ts';
import { dnsSubdomainErrors } from '../../api/name-rules.ts';
import type { DeclaredExtender, DeclaredProfile, KubeSchedulerConfiguration, PluginSet } from './declarations.ts';

const range = 'not in valid range [0-100]';

export function configurationErrors(configuration: KubeSchedulerConfiguration): FieldError[] {
  const { parallelism = 0, podInitialBackoffSeconds = 0, podMaxBackoffSeconds = 0 } = configuration;
  const errors: FieldError[] = [];
  if (parallelism <= 0) {
    errors.push(invalid('parallelism', parallelism, 'should be an integer value greater than zero'));
  }
  errors.push(...percentageErrors(configuration.percentageOfNodesToScore, 'percentageOfNodesToScore'));
  if (podInitialBackoffSeconds <= 0) {
    errors.push(invalid('podInitialBackoffSeconds', podInitialBackoffSeconds, 'must be greater than 0'));
  }
  if (podMaxBackoffSeconds < podInitialBackoffSeconds) {
    const detail = 'must be greater than or equal to PodInitialBackoffSeconds';
    errors.push(invalid('podMaxBackoffSeconds', podMaxBackoffSeconds, detail));
  }
  return [
    ...errors,
    ...profilesErrors(configuration.profiles ?? []),
    ...extendersErrors(configuration.extenders ?? []),
  ];
}

function percentageErrors(percentage: number | undefined, field: string): readonly FieldError[] {
  if (percentage === undefined || (percentage >= 0 && percentage <= 100)) return [];
  return [invalid(field, percentage, range)];
}

function profilesErrors(profiles: readonly DeclaredProfile[]): readonly FieldError[] {
  const names = new Map<string, number>();
  return profiles.flatMap((profile, index) => {
    const at = `profiles[${index}]`;
    const { schedulerName = '', pluginConfig = [], plugins = {} } = profile;
    const errors: FieldError[] = [];
    if (schedulerName === '') errors.push(requiredField(`${at}.schedulerName`));
    if (names.has(schedulerName)) errors.push(duplicate(`${at}.schedulerName`, schedulerName));
    names.set(schedulerName, index);
    errors.push(...percentageErrors(profile.percentageOfNodesToScore, `${at}.percentageOfNodesToScore`));
    const seen = new Set<string>();
    for (const [position, { name }] of pluginConfig.entries()) {
      if (seen.has(name)) errors.push(duplicate(`${at}.pluginConfig[${position}]`, name));
      seen.add(name);
    }
    return [...errors, ...queueSortErrors(plugins.queueSort, plugins.multiPoint, `${at}.plugins`)];
  });
}

/** One queue serves all profiles, and it has one order. */
function queueSortErrors(
  queueSort: PluginSet | undefined,
  multiPoint: PluginSet | undefined,
  field: string,
): readonly FieldError[] {
  const { enabled = [], disabled = [] } = queueSort ?? {};
  const other = enabled.find(({ name }) => name !== 'PrioritySort');
  if (other !== undefined) {
    return [invalid(`${field}.queueSort`, other.name, 'the queue is always sorted by PrioritySort')];
  }
  const gone = [...disabled, ...(multiPoint?.disabled ?? [])].some(({ name }) => name === 'PrioritySort');
  return gone && enabled.length === 0 ? [requiredField(`${field}.queueSort`, 'a queue sort plugin is needed')] : [];
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
  const { urlPrefix, prioritizeVerb = '', weight = 0, managedResources = [] } = extender;
  const errors: FieldError[] = [];
  if (!URL.canParse(urlPrefix)) errors.push(invalid(`${at}.urlPrefix`, urlPrefix, 'must be a URL'));
  if (prioritizeVerb !== '' && weight <= 0) {
    errors.push(invalid(`${at}.weight`, weight, 'must have a positive weight applied to it'));
  }
  for (const [position, { name }] of managedResources.entries()) {
    const field = `${at}.managedResources[${position}].name`;
    if (!isExtendedName(name)) errors.push(invalid(field, name, "doesn't follow extended resource name standard"));
    if (managed.has(name)) errors.push(invalid(field, name, 'duplicate extender managed resource name'));
    managed.add(name);
  }
  return errors;
}

function isExtendedName(name: string): boolean {
  const [domain = '', rest = '', ...more] = name.split('/');
  const foreign = domain !== 'kubernetes.io' && !domain.endsWith('.kubernetes.io') && !domain.startsWith('requests.');
  return foreign && rest !== '' && more.length === 0 && dnsSubdomainErrors(domain).length === 0;
}
