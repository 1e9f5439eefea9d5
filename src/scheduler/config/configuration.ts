/**
 * What the scheduler is told to do: read from a KubeSchedulerConfiguration, checked as a whole, and turned into profiles
 * whose plugins are ready to work. A file that is wrong in any place is refused before the scheduler starts.
 */
import { DecodeError } from '../../api/codec/decode-error.ts';
import { decode } from '../../api/codec/decode.ts';
import { parseYaml, YamlSyntaxError } from '../../api/codec/yaml.ts';
import { applyDefaults } from '../../api/defaults.ts';
import type { FieldError } from '../../api/field-error.ts';
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
import { argsFaults } from './plugin-args.ts';
import { resolvePluginSets, type ExtensionPoint, type PluginSource } from './plugin-sets.ts';
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
  refuse(configurationErrors(declared, argsErrors));
  const modules = await loadModules(declared.pluginModules ?? [], options);
  const general = declared.percentageOfNodesToScore ?? 0;
  const profiles = (declared.profiles ?? []).map((profile) =>
    makeProfile({ ...profile, pluginConfig: withIgnored(profile, declared) }, general, modules),
  );
  const { podInitialBackoffSeconds = 1, podMaxBackoffSeconds = 10, extenders = [], leaderElection } = declared;
  return {
    profiles,
    initialBackoffMs: podInitialBackoffSeconds * 1000,
    maxBackoffMs: podMaxBackoffSeconds * 1000,
    extenders,
    leaderElect: leaderElection?.leaderElect ?? true,
  };
}

/** Those of NodeResourcesFit are only looked at when the plugin is made. */
function argsErrors({ name, args }: PluginConfig, field: string): readonly FieldError[] {
  const made = name === fit ? undefined : builtInPlugins.get(name)?.make(args, field);
  return made === undefined || made.ok ? [] : made.errors;
}

const fit = 'NodeResourcesFit';

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
  const isFit = ({ name }: PluginConfig): boolean => name === fit;
  if (!pluginConfig.some(isFit)) return [...pluginConfig, withThem({ name: fit })];
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
    const { profiles = [] } = decoded.value;
    const unknown = decoded.unknown.map((field) => `unknown field ${JSON.stringify(field)}`);
    const told = [...unknown, duplicates ?? '', ...strictFaults(profiles)].filter((fault) => fault !== '');
    if (told.length > 0) throw new ConfigurationError(`strict decoding error: ${told.join(', ')}`);
    const [only = {}, ...others] = profiles;
    // Of several each must say its name.
    const named = { ...only, schedulerName: only.schedulerName ?? 'default-scheduler' };
    const full = { ...decoded.value, profiles: others.length === 0 ? [named] : profiles };
    applyDefaults(KubeSchedulerConfiguration, full);
    return full;
  } catch (error) {
    if (error instanceof YamlSyntaxError || error instanceof DecodeError) throw new ConfigurationError(error.message);
    throw error;
  }
}

/** Of the arguments of plugins. @throws ConfigurationError for those that cannot be read */
function strictFaults(profiles: readonly DeclaredProfile[]): readonly string[] {
  return profiles.flatMap(({ pluginConfig = [] }, profile) =>
    pluginConfig.flatMap(({ name, args }, index) => {
      const kind = builtInPlugins.get(name)?.kind;
      if (kind === undefined) return [];
      const at = `decoding .profiles[${profile}].pluginConfig[${index}]`;
      const { fatal, strict } = argsFaults(name, kind, args);
      if (fatal !== undefined) throw new ConfigurationError(`${at}: ${fatal}`);
      return strict === undefined ? [] : [`${at}: strict decoding error: ${strict}`];
    }),
  );
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

function makeProfile(
  declared: DeclaredProfile,
  percentage: number,
  modules: ReadonlyMap<string, PluginFactory>,
): Profile {
  const { schedulerName = '', percentageOfNodesToScore = percentage, pluginConfig = [] } = declared;
  const args = new Map(pluginConfig.map((config) => [config.name, config.args]));
  const made = new Map<string, Plugin | undefined>();
  const source: PluginSource = {
    make(name) {
      if (!made.has(name)) made.set(name, makePlugin(name, args.get(name), modules));
      return made.get(name);
    },
    extendsPoint: (plugin, point) => builtInPlugins.get(plugin.name)?.points.includes(point) ?? hasPoint(plugin, point),
  };
  const profile = `profile with scheduler name "${schedulerName}"`;
  try {
    const plugins = resolvePluginSets(defaultPluginSet, declared.plugins ?? {}, source);
    const sorts = plugins.filter(({ name }) => builtInPlugins.get(name)?.points.includes('queueSort')).length;
    if (sorts !== 1) throw new Error(`only one queue sort plugin required for ${profile}, but got ${sorts}`);
    if (!plugins.some(({ bind }) => bind !== undefined)) {
      throw new Error(`at least one bind plugin is needed for ${profile}`);
    }
    return { schedulerName, plugins, percentageOfNodesToScore };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`creating profile for scheduler name ${schedulerName}: ${message}`, { cause: error });
  }
}

/** Of a user's plugin. */
function hasPoint(plugin: Plugin, point: ExtensionPoint): boolean {
  switch (point) {
    case 'queueSort':
      return false;
    case 'filter':
      return plugin.nodeFilter !== undefined || plugin.preFilter !== undefined;
    case 'score':
      return plugin.preScore !== undefined;
    default:
      return plugin[point] !== undefined;
  }
}

function makePlugin(
  name: string,
  args: JsonObject | undefined,
  modules: ReadonlyMap<string, PluginFactory>,
): Plugin | undefined {
  const factory = modules.get(name);
  if (factory !== undefined) return { ...factory(args), name };
  const result = builtInPlugins.get(name)?.make(args, '');
  if (result === undefined || result.ok) return result?.plugin;
  throw new Error(`initializing plugin "${name}": ${aggregate(result.errors)}`);
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw new ConfigurationError(aggregate(errors));
}

function aggregate(errors: readonly FieldError[]): string {
  const texts = errors.map(({ field, message }) => `${field}: ${message}`);
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}
