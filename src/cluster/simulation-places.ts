/** Where the nodes of a simulation on this machine are reached by the API server of a cluster. */
import { loopbackPlaces, sharedPlace, type Places } from '../simulation/places.ts';
import { findNodeAddress } from './node-address.ts';

/** `server`: the URL of the API; `given`: the address that the user wants. */
export async function placesFor(server: string, given: string | undefined): Promise<Places> {
  if (given !== undefined) return sharedPlace(given);
  const { hostname } = new URL(server);
  if (!/^(127\..*|localhost|\[::1\])$/.test(hostname)) return sharedPlace(await findNodeAddress());
  return process.platform === 'linux' ? loopbackPlaces() : sharedPlace('127.0.0.1');
}
