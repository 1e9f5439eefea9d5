/** The providers by name. A configuration is read in full before anything is started, so that mistakes show at once. */
import type { CloudProvider } from '../provider.ts';
import type { ProviderContext } from '../run-cloud-controllers.ts';
import { ProviderConfig } from './provider-config.ts';

export const providerNames = ['local', 'hcloud', 'external'] as const;
export type ProviderName = (typeof providerNames)[number];

export type OpenProvider = (context: ProviderContext) => CloudProvider | Promise<CloudProvider>;

/**
 * @param text of the file of --cloud-config; '' = none
 * @throws ProviderConfigError for settings that are missing, unknown or wrong
 */
export async function readProvider(name: ProviderName, text: string): Promise<OpenProvider> {
  const config = await ProviderConfig.read(text);
  const read = await readers[name]();
  return await read(config);
}

/** Takes all of its settings, then calls `end`, then checks them. */
type Reader = (config: ProviderConfig) => OpenProvider | Promise<OpenProvider>;

const readers: Readonly<Record<ProviderName, () => Promise<Reader>>> = {
  local: async () => (await import('./local/read.ts')).readLocalProvider,
  hcloud: async () => (await import('./hcloud/read.ts')).readHcloudProvider,
  external: async () => (await import('./external/read.ts')).readExternalProvider,
};
