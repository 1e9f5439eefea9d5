/** Simulated nodes as a part of a cluster in one process: the cluster's own authority signs the certificates of their kubelets. */
import { createCertificate, type KeyPair } from '../base/certificate.ts';
import { systemClock } from '../base/clock.ts';
import type { ComponentContext } from '../client/component.ts';
import type { Figures } from '../simulation/figures.ts';
import type { Places } from '../simulation/places.ts';
import type { Scenario } from '../simulation/scenario.ts';
import type { Credentials } from '../simulation/server.ts';
import { runSimulation } from '../simulation/simulation.ts';
import { kubelet } from './identities.ts';
import type { Part } from './supervise.ts';

export interface SimulationPartOptions {
  readonly scenario: Scenario;
  readonly authority: KeyPair;
  readonly places: Places;
  /** Called with each start. */
  readonly started: (figures: Figures) => void;
}

/** Writes of one turn of the event loop share a commit: many at once cost little more than one. */
const writesAtOnce = 256;
const dayMs = 86_400_000;

export function simulationPart(context: ComponentContext, options: SimulationPartOptions): Part {
  const { scenario, authority, places, started } = options;
  const credentials = credentialsOf(authority);
  return {
    name: 'simulation',
    run: (signal) => runSimulation(signal, context, { scenario, places, credentials, port: 0, writesAtOnce, started }),
  };
}

function credentialsOf(authority: KeyPair): Credentials {
  const issue = (commonName: string, hosts: readonly string[]): KeyPair => {
    const now = systemClock.now();
    const validity = { notBeforeMs: now - 300_000, notAfterMs: now + 365 * dayMs };
    return createCertificate(
      { commonName, organizations: ['system:nodes'], usage: 'server', hosts, ...validity },
      authority,
    );
  };
  return {
    fallback: issue('simulated-nodes', ['localhost', '127.0.0.1']),
    clientCa: authority.certificate,
    certificateOf: async ({ name, facts }) => issue(kubelet(name).name, [name, ...facts.ips]),
  };
}
