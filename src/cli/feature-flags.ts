/**
 * What can be switched on and off, by kube-apiserver's and kube-controller-manager's flags. A resource is served when its
 * version is switched on (--runtime-config), as most are by default, and its feature gate, if it has one, is open
 * (--feature-gates). What says more counts more: a version over its stage (api/beta), a stage over api/all.
 */
import { builtinResources, optionalResources } from '../api/resources.ts';
import { joinApiVersion } from '../api/message.ts';
import type { AnyResource } from '../api/resource.ts';
import type { Flag, Invocation } from './command.ts';
import { UsageError } from './usage-error.ts';

export const featureGatesFlag: Readonly<Record<string, Flag>> = {
  'feature-gates': {
    value: 'NAME=BOOL,…',
    help: `Features that are off by default: ${gateNames().join(', ')}.`,
  },
};

export const runtimeConfigFlag: Readonly<Record<string, Flag>> = {
  'runtime-config': {
    value: 'VERSION=BOOL,…',
    help:
      'Versions of APIs to serve or not: v1=BOOL for the core group, GROUP/VERSION=BOOL (such as apps/v1=true), ' +
      'api/ga, api/beta and api/alpha=BOOL for all versions of a stage, api/all=BOOL for all.',
  },
};

function gateNames(): readonly string[] {
  return [...new Set(optionalResources.map(({ gate }) => gate))];
}

/** The gates that are open. @throws UsageError for one that is not known, and for what is no truth value. */
export function readFeatureGates(flags: Invocation['flags']): ReadonlySet<string> {
  const given = readGates(flags);
  for (const name of given.keys()) {
    if (!['AllAlpha', 'AllBeta', ...gateNames()].includes(name)) {
      throw new UsageError(`--feature-gates: unrecognized feature gate: ${name}`);
    }
  }
  // The gates there are here are those of beta features.
  return new Set(gateNames().filter((name) => given.get(name) ?? given.get('AllBeta') ?? false));
}

export interface RuntimeConfig {
  /** Optional resources that are served. */
  readonly switchedOn: readonly AnyResource[];
  /** Built-in ones that are not. */
  readonly switchedOff: readonly AnyResource[];
}

/** `warn`: told of what does nothing. @throws UsageError in kube-apiserver's words */
export function readRuntimeConfig(flags: Invocation['flags'], warn: (message: string) => void): RuntimeConfig {
  const gates = readFeatureGates(flags);
  const given = parseConfig(flags.text('runtime-config') ?? '');
  if (given.size === 1 && given.get('api/all') === 'false') throw wrong('invalid key with only api/all=false');
  const known = [...builtinResources, ...optionalResources.map(({ resource }) => resource)];
  checkKeys([...given.keys()], known);
  const config = new Map<string, boolean>();
  for (const [key, value] of given) {
    const [group = '', version = '', plural] = key.split('/');
    if (stages.includes(key)) {
      config.set(key, stageValue(key, value));
    } else if (plural !== undefined) {
      const where = joinApiVersion(group, version);
      const why = `individual resource enablement/disablement is not supported in ${where}`;
      warn(`ignoring invalid key ${key}, ${why}, and will prevent starting in future releases`);
    } else {
      const apiVersion = version === '' ? key : joinApiVersion(group, version);
      if (!known.some((resource) => resource.apiVersion === apiVersion)) {
        throw wrong(`group version ${apiVersion} that has not been registered`);
      }
      config.set(apiVersion, value === '' || truth(value, `invalid value of ${key}: ${value}`));
    }
  }
  const says = ({ apiVersion, version }: AnyResource): boolean | undefined =>
    config.get(apiVersion) ?? config.get(stageOf(version)) ?? config.get('api/all');
  return {
    switchedOn: optionalResources
      .filter(({ resource, gate }) => gates.has(gate) && says(resource) === true)
      .map(({ resource }) => resource),
    switchedOff: builtinResources.filter((resource) => says(resource) === false),
  };
}

const stages = ['api/all', 'api/ga', 'api/beta', 'api/alpha'];

const stageOf = (version: string): string =>
  version.includes('alpha') ? 'api/alpha' : version.includes('beta') ? 'api/beta' : 'api/ga';

/** `v1` is the core group's, as `/v1` is. */
function checkKeys(keys: readonly string[], known: readonly AnyResource[]): void {
  const named = keys
    .filter((key) => !stages.includes(key) && key !== 'v1')
    .map((key) => ({ key, parts: key.split('/') }));
  const malformed = named.find(({ parts }) => parts.length < 2 || parts.length > 3);
  if (malformed !== undefined) throw wrong(`runtime-config invalid key ${malformed.key}`);
  const groups = new Set(known.map(({ group }) => group));
  const unknown = named.map(({ parts: [group = ''] }) => group).filter((group) => !groups.has(group));
  if (unknown.length > 0) throw wrong(`unknown api groups ${unknown.join(',')}`);
}

function stageValue(key: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') throw wrong(`invalid value ${key}=${value}`);
  return value === 'true';
}

/** `key=value,…`; a key alone has no value. The last that is said of a key counts. */
function parseConfig(text: string): ReadonlyMap<string, string> {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  return new Map(
    parts.map((part) => {
      const [key = '', ...value] = part.split('=');
      return [key.trim(), value.join('=').trim()];
    }),
  );
}

const wrong = (text: string): UsageError => new UsageError(`--runtime-config: ${text}`);

/** What Go's strconv.ParseBool takes. */
const truths: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
]);

/** @throws UsageError that begins with `what` */
function truth(text: string, what: string, flag = 'runtime-config'): boolean {
  const value = truths.get(text);
  if (value !== undefined) return value;
  throw new UsageError(`--${flag}: ${what}, err: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** Of --feature-gates, where a name must have a value. */
function readGates(flags: Invocation['flags']): ReadonlyMap<string, boolean> {
  const flag = 'feature-gates';
  const parts = (flags.text(flag) ?? '').split(',').filter((part) => part !== '');
  return new Map(
    parts.map((part) => {
      const [name = '', ...rest] = part.split('=');
      if (rest.length === 0) throw new UsageError(`--${flag}: missing bool value for ${name.trim()}`);
      const value = rest.join('=').trim();
      return [name.trim(), truth(value, `invalid value of ${name.trim()}=${value}`, flag)];
    }),
  );
}
