/** Asks a container once how it is. */
import type { Probe } from '../../api/groups/core.v1.ts';
import { errorText } from '../../base/log.ts';
import type { ContainerRuntime } from '../runtimes/runtime.ts';
import { probeByExec } from './exec-probe.ts';
import { probeByGrpc } from './grpc-probe.ts';
import { probeByHttp } from './http-probe.ts';
import type { ProbeResult, ProbeTarget } from './probe-target.ts';
import { probeByTcp } from './tcp-probe.ts';

/** `network`: pods can be reached; where they are only simulated, probes over the network succeed. */
export interface ProbeMeans {
  readonly runtime: ContainerRuntime;
  readonly network: boolean;
}

/** Undefined when the probe itself could not be run: that says nothing of the container. */
export async function runProbe(probe: Probe, target: ProbeTarget, means: ProbeMeans): Promise<ProbeResult | undefined> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  const { exec, httpGet, tcpSocket, grpc } = probe;
  try {
    if (exec !== undefined) return await probeByExec(means.runtime, exec, target, timeoutMs);
    if (!means.network) return { ok: true, output: '' };
    if (httpGet !== undefined) return await probeByHttp(httpGet, target, timeoutMs);
    if (tcpSocket !== undefined) return await probeByTcp(tcpSocket, target, timeoutMs);
    if (grpc !== undefined) return await probeByGrpc(grpc, target, timeoutMs);
    return undefined;
  } catch (error) {
    return exec === undefined ? { ok: false, output: errorText(error) } : undefined;
  }
}
