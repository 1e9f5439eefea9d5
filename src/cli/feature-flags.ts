/**
 * What is off by default and can be switched on, by kube-apiserver's and kube-controller-manager's flags. A resource is served
 * when both its version is switched on (--runtime-config) and its feature gate is open (--feature-gates).
 */
import { builtinResources, optionalResources } from '../api/resources.ts';
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
    help: 'Versions of APIs to serve, such as storagemigration.k8s.io/v1beta1=true, api/beta=true or api/all=true.',
  },
};

function gateNames(): readonly string[] {
  return [...new Set(optionalResources.map(({ gate }) => gate))];
}

/** The gates that are open. @throws UsageError for one that is not known, and for what is no truth value. */
export function readFeatureGates(flags: Invocation['flags']): ReadonlySet<string> {
  const given = readSwitches(flags, 'feature-gates');
  for (const name of given.keys()) {
    if (!['AllAlpha', 'AllBeta', ...gateNames()].includes(name)) {
      throw new UsageError(`--feature-gates: unrecognized feature gate: ${name}`);
    }
  }
  // The gates there are here are those of beta features.
  return new Set(gateNames().filter((name) => given.get(name) ?? given.get('AllBeta') ?? false));
}

/** The optional resources that are served. @throws UsageError */
export function readSwitchedOn(flags: Invocation['flags']): readonly AnyResource[] {
  const gates = readFeatureGates(flags);
  const config = readSwitches(flags, 'runtime-config');
  for (const [name, on] of config) checkVersion(name, on);
  const chosen = ({ apiVersion, version, plural }: AnyResource): boolean =>
    config.get(`${apiVersion}/${plural}`) ??
    config.get(apiVersion) ??
    config.get(stageOf(version)) ??
    config.get('api/all') ??
    false;
  return optionalResources
    .filter(({ resource, gate }) => gates.has(gate) && chosen(resource))
    .map((one) => one.resource);
}

const stages = ['api/all', 'api/ga', 'api/beta', 'api/alpha'];

const stageOf = (version: string): string =>
  version.includes('alpha') ? 'api/alpha' : version.includes('beta') ? 'api/beta' : 'api/ga';

function checkVersion(name: string, on: boolean): void {
  const of = ({ apiVersion, plural }: AnyResource): boolean => [apiVersion, `${apiVersion}/${plural}`].includes(name);
  const builtin = builtinResources.some(of);
  if (!builtin && !stages.includes(name) && !optionalResources.some(({ resource }) => of(resource))) {
    throw new UsageError(`--runtime-config: unknown api groups ${name}`);
  }
  if (!on && (builtin || ['api/all', 'api/ga'].includes(name))) {
    throw new UsageError(`--runtime-config: "${name}" is always served and cannot be switched off`);
  }
}

/** `name=true,other=false`; a name alone is true. The last that is said of a name counts. */
function readSwitches(flags: Invocation['flags'], flag: string): ReadonlyMap<string, boolean> {
  const parts = (flags.text(flag) ?? '').split(',').filter((part) => part !== '');
  return new Map(
    parts.map((part) => {
      const [name = '', value = 'true'] = part.split('=');
      if (['true', '1'].includes(value)) return [name.trim(), true];
      if (['false', '0'].includes(value)) return [name.trim(), false];
      throw new UsageError(`--${flag}: "${name}" must be true or false: "${value}"`);
    }),
  );
}
