/** A running container as its probes see it. */
import type { Container, Pod } from '../../api/groups/core.v1.ts';

export interface ProbeTarget {
  readonly pod: Pod;
  readonly container: Container;
  readonly containerId: string;
  readonly startedAtMs: number;
  readonly podIp: string;
  /** It was ready when this kubelet found it running. */
  readonly wasReady: boolean;
}

export interface ProbeResult {
  readonly ok: boolean;
  /** What is told about a failure. */
  readonly output: string;
}
