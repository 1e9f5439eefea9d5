/**
 * What a simulated container uses at a time: a curve that swings around a mean, so that autoscalers and dashboards see something move. It is
 * a function of time alone; what was used since the start is the curve's exact integral, which never falls.
 *
 *   cores(t) = mean × (1 + swing × sin(2πt / period + phase))
 */
import type { Container } from '../api/groups/core.v1.ts';
import { parseQuantity, quantityToNumber } from '../api/quantity.ts';
import type { Dice } from './dice.ts';
import type { Usage } from './scenario.ts';

export interface ContainerUse {
  readonly cores: number;
  readonly coreSeconds: number;
  readonly memoryBytes: number;
}

/** Where neither the rule nor the container says how much. */
const usualCores = 0.01;
const usualMemoryBytes = 32 * 1024 * 1024;
/** Of what is requested. */
const usualCpuShare = 0.4;
const usualMemoryShare = 0.6;

/** `key`: says whose curve it is. */
export function containerUse(
  usage: Usage,
  spec: Container | undefined,
  {
    startedAtMs,
    nowMs,
    dice,
    key,
  }: { readonly startedAtMs: number; readonly nowMs: number; readonly dice: Dice; readonly key: string },
): ContainerUse {
  const { requests, limits } = spec?.resources ?? {};
  const cores = usage.cpuCores ?? share(requests?.['cpu'], usualCpuShare) ?? usualCores;
  const memory = usage.memoryBytes ?? share(requests?.['memory'], usualMemoryShare) ?? usualMemoryBytes;
  const { swing } = usage;
  const turn = (2 * Math.PI * 1000) / usage.periodMs;
  const phase = 2 * Math.PI * dice.draw(`usage ${key}`);
  const at = startedAtMs / 1000;
  const now = Math.max(nowMs, startedAtMs) / 1000;
  const wave = Math.sin(turn * now + phase);
  const area = (Math.cos(turn * at + phase) - Math.cos(turn * now + phase)) / turn;
  const bytes = memory * (1 + (swing / 2) * wave);
  const limit = limits?.['memory'];
  return {
    cores: cores * (1 + swing * wave),
    coreSeconds: cores * (now - at + swing * area),
    memoryBytes: Math.round(Math.min(bytes, limit === undefined ? Infinity : quantityToNumber(parseQuantity(limit)))),
  };
}

function share(amount: string | undefined, part: number): number | undefined {
  return amount === undefined ? undefined : quantityToNumber(parseQuantity(amount)) * part;
}
