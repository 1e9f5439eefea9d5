/** The file of `slipway scheduler --config`, with the plugin modules that it names. */
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorText } from '../base/log.ts';
import { SetupError } from '../cluster/setup-error.ts';
import {
  ConfigurationError,
  defaultConfiguration,
  readConfiguration,
  type PluginFactory,
  type SchedulerConfiguration,
} from '../scheduler/config/configuration.ts';
import { readGivenFile } from './read-given-file.ts';

/** @throws SetupError when the file or a module cannot be used. */
export async function schedulerConfiguration(path: string | undefined): Promise<SchedulerConfiguration> {
  if (path === undefined) return defaultConfiguration;
  const text = await readGivenFile('--config', path);
  try {
    return await readConfiguration(text, { loadModule: (module) => loadModule(resolve(dirname(path), module)) });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new SetupError(`The file of --config cannot be used: ${error.message}`, { cause: error });
  }
}

/** Plugins of a module: its default export, an object of functions by plugin name. */
async function loadModule(path: string): Promise<Readonly<Record<string, PluginFactory>>> {
  let loaded: { readonly default?: unknown };
  try {
    loaded = (await import(pathToFileURL(path).href)) as typeof loaded;
  } catch (error) {
    throw new ConfigurationError(`pluginModules: cannot load ${path}: ${errorText(error)}`, { cause: error });
  }
  const plugins = loaded.default;
  const factories = typeof plugins === 'object' && plugins !== null ? Object.values(plugins) : [];
  if (factories.length === 0 || factories.some((factory) => typeof factory !== 'function')) {
    throw new ConfigurationError(`pluginModules: the default export of ${path} must be functions by plugin name`);
  }
  return plugins as Readonly<Record<string, PluginFactory>>;
}
