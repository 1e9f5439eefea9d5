/**
 * The service proxy of a node: keeps the kernel's rules in step with services and endpoint slices.
 *
 * Changes that arrive together become one transaction. A transaction that the kernel refused is tried again, complete,
 * after a growing delay. When the proxy ends its table goes, and services with it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { EndpointSlices, Services } from '../api/resources.ts';
import { errorText } from '../base/log.ts';
import { sleep } from '../base/clock.ts';
import type { ComponentContext } from '../client/component.ts';
import type { Informers } from '../client/informer.ts';
import { createInformers } from '../client/shared-informers.ts';
import { HealthCheckServers, healthChecks } from './health-checks.ts';
import { NftTable } from './nft-table.ts';
import { ruleset } from './nftables.ts';
import { serviceRules, type ServiceRule } from './rules.ts';
import { runTool } from './run-tool.ts';
import { forgetParameters, staleFlows } from './stale-flows.ts';

export interface ProxyOptions {
  readonly informers?: Informers | undefined;
  readonly nodeName: string;
  /** IPv4 addresses of the node on which node ports are served. */
  readonly nodeIps: readonly string[];
  /** Addresses of pods, such as 10.244.0.0/16. */
  readonly clusterCidr: string;
  /** The nftables table that is this proxy's own, such as slipway-7f3a. */
  readonly tableName: string;
  /** Words before `nft` and `conntrack`, such as those that enter a network namespace. */
  readonly prefix?: readonly string[] | undefined;
}

/** Changes that come within this time go together. */
const gatherMs = 20;
const firstRetryMs = 1000;
const maxRetryMs = 30_000;

/** Rejects when the rules cannot be programmed at all, such as without nft. */
export async function runProxy(signal: AbortSignal, context: ComponentContext, options: ProxyOptions): Promise<void> {
  const own = options.informers === undefined ? createInformers({ ...context, signal }) : undefined;
  const informers = options.informers ?? own;
  if (informers === undefined) return;
  await filterBridgedTraffic(context);
  const proxy = new NodeProxy(signal, context, options, informers);
  try {
    await proxy.run();
  } finally {
    await own?.whenEnded();
  }
}

class NodeProxy {
  readonly #signal: AbortSignal;
  readonly #context: ComponentContext;
  readonly #options: ProxyOptions;
  readonly #informers: Informers;
  readonly #table: NftTable;
  readonly #healthChecks: HealthCheckServers;
  #rules: readonly ServiceRule[] = [];
  #dirty = true;
  #wake: () => void = () => undefined;

  constructor(signal: AbortSignal, context: ComponentContext, options: ProxyOptions, informers: Informers) {
    this.#signal = signal;
    this.#context = context;
    this.#options = options;
    this.#informers = informers;
    this.#table = new NftTable(options, [...(options.prefix ?? []), 'nft']);
    this.#healthChecks = new HealthCheckServers(options.nodeIps, context.log);
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  async run(): Promise<void> {
    const services = this.#informers.of(Services);
    const slices = this.#informers.of(EndpointSlices);
    const note = (): void => {
      this.#dirty = true;
      this.#wake();
    };
    const stop = [services.onChange(note), slices.onChange(note)];
    try {
      await Promise.all([services.whenSynced(), slices.whenSynced()]).catch((error: unknown) => {
        if (!this.#signal.aborted) throw error;
      });
      if (!this.#signal.aborted) await this.#sync();
      await this.#follow();
    } finally {
      for (const off of stop) off();
      await this.#healthChecks.close();
      await this.#table.remove();
    }
  }

  async #follow(): Promise<void> {
    const { clock, log } = this.#context;
    let retryMs = firstRetryMs;
    while (!this.#signal.aborted) {
      if (!this.#dirty) await new Promise<void>((resolve) => (this.#wake = resolve));
      await sleep(clock, gatherMs, this.#signal);
      if (this.#signal.aborted) return;
      try {
        await this.#sync();
        retryMs = firstRetryMs;
      } catch (error) {
        log.warn('Cannot apply the service rules, trying again', { error: errorText(error), retryMs });
        this.#dirty = true;
        await sleep(clock, retryMs, this.#signal);
        retryMs = Math.min(maxRetryMs, retryMs * 2);
      }
    }
  }

  async #sync(): Promise<void> {
    this.#dirty = false;
    const services = this.#informers.of(Services).list();
    const slices = this.#informers.of(EndpointSlices).list();
    const { nodeName } = this.#options;
    const rules = serviceRules({ services, slices, nodeName });
    await this.#table.apply(ruleset(rules, this.#options));
    // Load balancers send what these promise: the rules come first.
    await this.#healthChecks.apply(healthChecks(services, slices, nodeName));
    const stale = staleFlows(this.#rules, rules);
    this.#rules = rules;
    for (const flow of stale) await this.#forget(forgetParameters(flow));
  }

  /** The tool answers 1 when there is no such flow; without the tool, flows end by their own timeout. */
  async #forget(parameters: readonly string[]): Promise<void> {
    const command = [...(this.#options.prefix ?? []), 'conntrack', ...parameters];
    await runTool(command, '', 'The program "conntrack" is missing').catch((error: unknown) => {
      this.#context.log.debug('Stale flows are left to their timeout', { error: errorText(error) });
    });
  }
}

const bridgeSwitch = '/proc/sys/net/bridge/bridge-nf-call-iptables';

/** Two pods on one bridge reach each other through a service only when bridged packets pass the rules as well. */
async function filterBridgedTraffic({ log }: ComponentContext): Promise<void> {
  try {
    await runTool(['modprobe', 'br_netfilter'], '', 'The program "modprobe" is missing').catch(() => undefined);
    if ((await readFile(bridgeSwitch, 'utf8')).trim() !== '1') await writeFile(bridgeSwitch, '1');
  } catch (error) {
    log.warn('Services may not reach pods on the same bridge: cannot set bridge-nf-call-iptables', {
      error: errorText(error),
    });
  }
}
