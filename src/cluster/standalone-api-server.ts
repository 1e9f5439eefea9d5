/** The API server as a process of its own: store, certificates and server in one data directory. */
import { readFile } from 'node:fs/promises';
import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { startApiServer } from '../apiserver/api-server.ts';
import { openEmbeddedStore } from '../store/embedded/open.ts';
import { ensureCertificates } from './certificates.ts';
import { openDataDirectory } from './data-directory.ts';

export interface StandaloneOptions {
  readonly dataDirectory: string;
  readonly bindAddress: string;
  readonly securePort: number;
  readonly advertiseAddress?: string | undefined;
  readonly tokenFile?: string | undefined;
  /** Files of a serving certificate; made when none is given. */
  readonly serving?: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** File of the authority that client certificates come from; default: the data directory's own. */
  readonly clientCaFile?: string | undefined;
  readonly serviceClusterIpRange: string;
  readonly log: Log;
}

/** Serves until the signal aborts. `ready` is called with the port when requests are answered. */
export async function runStandaloneApiServer(
  options: StandaloneOptions,
  signal: AbortSignal,
  ready: (port: number) => void,
): Promise<void> {
  const { log, bindAddress } = options;
  const directory = await openDataDirectory(options.dataDirectory);
  try {
    const [store, certificates, serving, clientCa, tokens] = await Promise.all([
      openEmbeddedStore({ directory: directory.store, clock: systemClock, log: log.named('store') }),
      ensureCertificates({
        directory: directory.certificates,
        now: systemClock.now(),
        apiserverHosts: [...new Set([bindAddress, 'localhost', '127.0.0.1'])],
        clusterDomain: 'cluster.local',
        nodes: [],
      }),
      readServing(options),
      readOptional(options.clientCaFile),
      readOptional(options.tokenFile),
    ]);
    try {
      const { authority, apiserver, apiserverKubeletClient, serviceAccount } = certificates;
      const server = await startApiServer({
        store,
        clock: systemClock,
        random: systemRandom,
        log: log.named('apiserver'),
        bindAddress,
        securePort: options.securePort,
        ...(options.advertiseAddress === undefined ? {} : { advertiseAddress: options.advertiseAddress }),
        serving: serving ?? { cert: apiserver.certificate, key: apiserver.key },
        clientCa: clientCa ?? authority.certificate,
        serviceAccountKey: serviceAccount.privateKey,
        ...(tokens === undefined ? {} : { tokens }),
        serviceClusterIpRange: options.serviceClusterIpRange,
        kubelet: {
          cert: apiserverKubeletClient.certificate,
          key: apiserverKubeletClient.key,
          ca: authority.certificate,
        },
      });
      ready(server.port);
      await aborted(signal);
      await server.close();
    } finally {
      await store.close();
    }
  } finally {
    directory.release();
  }
}

async function readServing({ serving }: StandaloneOptions): Promise<{ cert: string; key: string } | undefined> {
  if (serving === undefined) return undefined;
  const [cert, key] = await Promise.all([readFile(serving.certFile, 'utf8'), readFile(serving.keyFile, 'utf8')]);
  return { cert, key };
}

const readOptional = async (file: string | undefined): Promise<string | undefined> =>
  file === undefined ? undefined : readFile(file, 'utf8');

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
