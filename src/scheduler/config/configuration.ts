/**
 * What the scheduler is told to do: read from a KubeSchedulerConfiguration, checked as a whole, and turned into profiles
 * whose plugins are ready to work. A file that is wrong in any place is refused before the scheduler starts.
 */
import { DecodeError } from '../../api/codec/decode-error.ts';
import { decode } from '../../api/codec/decode.ts';
import { parseYaml, YamlSyntaxError } from '../../api/codec/yaml.ts';
import { applyDefaults } from '../../api/defaults.ts';
import { notFound, type FieldError } from '../../api/field-error.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Plugin } from '../framework.ts';
import { defaultPlugins } from '../plugins/default-plugins.ts';
import { builtInPlugins } from '../plugins/registry.ts';
import {
  configGroupVersion,
  KubeSchedulerConfiguration,
  type DeclaredExtender,
  type DeclaredProfile,
  type EnabledPlugin,
  type PluginConfig,
} from './declarations.ts';
import { resolvePluginSets } from './plugin-sets.ts';
import { configurationErrors } from './validate.ts';

/** One scheduler among those that the process is: pods choose it by `spec.schedulerName`. */
export interface Profile {
  readonly schedulerName: string;
  /** Each holds one or more extension points; in the order in which those are asked. */
  readonly plugins: readonly Plugin[];
  /** How many of the nodes are looked at, in percent; 0: fewer in larger clusters. */
  readonly percentageOfNodesToScore: number;
}

export interface SchedulerConfiguration {
  readonly profiles: readonly Profile[];
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly extenders: readonly DeclaredExtender[];
  /** Whether a lease decides which of several copies works. */
  readonly leaderElect: boolean;
}

export const defaultConfiguration: SchedulerConfiguration = {
  profiles: [{ schedulerName: 'default-scheduler', plugins: defaultPlugins, percentageOfNodesToScore: 0 }],
  initialBackoffMs: 1000,
  maxBackoffMs: 10_000,
  extenders: [],
  leaderElect: true,
};

/** Makes a plugin of a user's module from its arguments. */
export type PluginFactory = (args: JsonObject | undefined) => Plugin;

export interface ReadOptions {
  /** Loads a module with plugins; the path is as it stands in the file. */
  readonly loadModule?: (path: string) => Promise<Readonly<Record<string, PluginFactory>>>;
}

/** The file cannot be used; the message says all that is wrong with it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const weights: Readonly<Record<string, number>> = {
  TaintToleration: 3,
  NodeAffinity: 2,
  PodTopologySpread: 2,
  InterPodAffinity: 2,
};
const defaultPluginSet: readonly EnabledPlugin[] = [...builtInPlugins.keys()].map((name) => ({
  name,
  weight: weights[name] ?? 1,
}));

/** @throws ConfigurationError */
export async function readConfiguration(text: string, options: ReadOptions = {}): Promise<SchedulerConfiguration> {
  const declared = await parse(text);
  const errors = configurationErrors(declared);
  const isWrong = errors.length > 0;
  const modules = await loadModules(declared.pluginModules ?? [], options);
  const profiles: Profile[] = [];
  const general = declared.percentageOfNodesToScore ?? 0;
  for (const [index, profile] of (declared.profiles ?? []).entries()) {
    const made = makeProfile(
      { ...profile, pluginConfig: withIgnored(profile, declared) },
      general,
      modules,
      `profiles[${index}]`,
    );
    // What is wrong with the file goes before what cannot be made of it.
    if ('failure' in made && !isWrong) throw made.failure;
    if ('errors' in made) errors.push(...made.errors);
    else if ('profile' in made) profiles.push(made.profile);
  }
  refuse(errors);
  const { podInitialBackoffSeconds = 1, podMaxBackoffSeconds = 10, extenders = [], leaderElection } = declared;
  return {
    profiles,
    initialBackoffMs: podInitialBackoffSeconds * 1000,
    maxBackoffMs: podMaxBackoffSeconds * 1000,
    extenders,
    leaderElect: leaderElection?.leaderElect ?? true,
  };
}

/** Resources that an extender looks after alone are not for NodeResourcesFit. */
function withIgnored(
  { pluginConfig = [] }: DeclaredProfile,
  { extenders = [] }: KubeSchedulerConfiguration,
): readonly PluginConfig[] {
  const ignored = extenders.flatMap(({ managedResources = [] }) =>
    managedResources.filter(({ ignoredByScheduler }) => ignoredByScheduler === true).map(({ name }) => name),
  );
  if (ignored.length === 0) return pluginConfig;
  const withThem = ({ name, args }: PluginConfig): PluginConfig => {
    const own = args?.['ignoredResources'];
    return { name, args: { ...args, ignoredResources: [...(Array.isArray(own) ? own : []), ...ignored] } };
  };
  const isFit = ({ name }: PluginConfig): boolean => name === 'NodeResourcesFit';
  if (!pluginConfig.some(isFit)) return [...pluginConfig, withThem({ name: 'NodeResourcesFit' })];
  return pluginConfig.map((config) => (isFit(config) ? withThem(config) : config));
}

async function parse(text: string): Promise<KubeSchedulerConfiguration> {
  try {
    const { value, duplicates } = await parseYaml(text);
    const { apiVersion = '', kind = '' } = (value ?? {}) as Partial<Record<string, string>>;
    if (apiVersion !== configGroupVersion || kind !== 'KubeSchedulerConfiguration') {
      const said = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`;
      throw new ConfigurationError(`${said}: expected KubeSchedulerConfiguration of ${configGroupVersion}`);
    }
    const decoded = decode(KubeSchedulerConfiguration, value);
    const strict = [...decoded.unknown.map((field) => `unknown field ${JSON.stringify(field)}`), duplicates ?? ''];
    const told = strict.filter((fault) => fault !== '');
    if (told.length > 0) throw new ConfigurationError(`strict decoding error: ${told.join(', ')}`);
    const { profiles = [] } = decoded.value;
    const full = { ...decoded.value, profiles: profiles.length === 0 ? [{}] : profiles };
    applyDefaults(KubeSchedulerConfiguration, full);
    return full;
  } catch (error) {
    if (error instanceof YamlSyntaxError || error instanceof DecodeError) throw new ConfigurationError(error.message);
    throw error;
  }
}

async function loadModules(
  paths: readonly string[],
  { loadModule }: ReadOptions,
): Promise<ReadonlyMap<string, PluginFactory>> {
  const factories = new Map<string, PluginFactory>();
  for (const path of paths) {
    if (loadModule === undefined) throw new ConfigurationError('pluginModules: modules cannot be loaded here');
    for (const [name, factory] of Object.entries(await loadModule(path))) {
      if (builtInPlugins.has(name) || factories.has(name)) {
        throw new ConfigurationError(`pluginModules: plugin "${name}" of ${path} exists already`);
      }
      factories.set(name, factory);
    }
  }
  return factories;
}

type MadeProfile =
  | { readonly profile: Profile }
  | { readonly errors: readonly FieldError[] }
  | { readonly failure: ConfigurationError };

function makeProfile(
  declared: DeclaredProfile,
  percentage: number,
  modules: ReadonlyMap<string, PluginFactory>,
  field: string,
): MadeProfile {
  const errors: FieldError[] = [];
  const configs = new Map((declared.pluginConfig ?? []).map((config, index) => [config.name, { ...config, index }]));
  const made = new Map<string, Plugin>();
  const make = (name: string): Plugin => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const config = configs.get(name);
    const plugin = makePlugin(name, config?.args, modules, `${field}.pluginConfig[${config?.index ?? 0}].args`);
    if ('errors' in plugin) errors.push(...plugin.errors);
    const usable = 'errors' in plugin ? { name, helpedBy: [] } : plugin;
    made.set(name, usable);
    return usable;
  };
  for (const [name, { index }] of configs) {
    if (!builtInPlugins.has(name) && !modules.has(name)) {
      errors.push(notFound(`${field}.pluginConfig[${index}].name`, name));
    } else {
      make(name);
    }
  }
  const { schedulerName = '', percentageOfNodesToScore = percentage } = declared;
  try {
    const plugins = resolvePluginSets(defaultPluginSet, declared.plugins ?? {}, make);
    if (errors.length > 0) return { errors };
    if (plugins.some(({ bind }) => bind !== undefined)) {
      return { profile: { schedulerName, plugins, percentageOfNodesToScore } };
    }
    throw new Error(`at least one bind plugin is needed for profile with scheduler name "${schedulerName}"`);
  } catch (error) {
    if (errors.length > 0) return { errors };
    const message = error instanceof Error ? error.message : String(error);
    return { failure: new ConfigurationError(`creating profile for scheduler name ${schedulerName}: ${message}`) };
  }
}

function makePlugin(
  name: string,
  args: JsonObject | undefined,
  modules: ReadonlyMap<string, PluginFactory>,
  field: string,
): Plugin | { readonly errors: readonly FieldError[] } {
  const factory = modules.get(name);
  if (factory !== undefined) return { ...factory(args), name };
  const builtIn = builtInPlugins.get(name);
  if (builtIn === undefined) throw new Error(`plugin "${name}" does not exist`);
  const result = builtIn(args, field);
  return result.ok ? result.plugin : result;
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const texts = errors.map(({ field, message }) => `${field}: ${message}`);
  throw new ConfigurationError(texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`);
}
