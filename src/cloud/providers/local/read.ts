/**
 * The settings of the local provider:
 *
 *   addresses:  [192.168.7.200-192.168.7.220, 10.112.0.0/24]
 *   interface:  slipway-lb     the interface that is made for them; '' = they are given and announced by others
 *   neighbours: [eth0]         where neighbours are told by gratuitous ARP
 */
import { ProviderConfigError, type ProviderConfig } from '../provider-config.ts';
import type { OpenProvider } from '../read-provider.ts';
import { parsePool } from './address-pool.ts';
import { openLocalProvider } from './open.ts';

const defaultInterface = 'slipway-lb';
const longestInterfaceName = 15;

export function readLocalProvider(config: ProviderConfig): OpenProvider {
  const addresses = config.texts('addresses');
  const name = config.text('interface') ?? defaultInterface;
  const neighbours = config.texts('neighbours');
  config.end();
  if (addresses.length === 0) throw new ProviderConfigError('The cloud configuration must give "addresses"');
  if (name.length > longestInterfaceName || /[\s/]/.test(name)) {
    throw new ProviderConfigError(
      `"${name}" is no name of an interface: it has at most ${longestInterfaceName} characters`,
    );
  }
  try {
    parsePool(addresses);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ProviderConfigError(error.message);
  }
  const interfaceName = name === '' ? undefined : name;
  return (context) => openLocalProvider({ addresses, interfaceName, neighbours }, context);
}
