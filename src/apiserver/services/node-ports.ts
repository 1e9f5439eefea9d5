/**
 * The ports of one Service on every node: those its ports ask for or get, and the one that tells load balancers whether
 * a node has pods of the Service.
 */
import type { Draft } from '../../api/descriptor.ts';
import { ApiError } from '../../api/api-error.ts';
import { invalid, invalidError } from '../../api/field-error.ts';
import type { Service, ServicePort, ServiceSpec } from '../../api/groups/core.v1.ts';
import type { Random } from '../../base/random.ts';

export const minNodePort = 30_000;
export const maxNodePort = 32_767;

/** The ports from which one write takes. */
export interface PortSource {
  /** Takes a wanted port. Answers what is wrong with it. */
  take(port: number): string | undefined;
  next(): number | undefined;
}

export function realPorts(used: ReadonlySet<number>, random: Random): PortSource {
  const own = new Set<number>();
  return {
    take(port) {
      if (port < minNodePort || port > maxNodePort) {
        return `provided port is not in the valid range. The range of valid ports is ${minNodePort}-${maxNodePort}`;
      }
      if (used.has(port) || own.has(port)) return 'provided port is already allocated';
      own.add(port);
      return undefined;
    },
    next() {
      const count = maxNodePort - minNodePort + 1;
      const start = Math.floor(random.next() * count);
      for (let i = 0; i < count; i++) {
        const port = minNodePort + ((start + i) % count);
        if (used.has(port) || own.has(port)) continue;
        own.add(port);
        return port;
      }
      return undefined;
    },
  };
}

/** A dry run takes no port: it shows numbers that no port of a node has. */
export function imaginaryPorts(used: ReadonlySet<number>): PortSource {
  const own: number[] = [];
  return {
    take(port) {
      if (used.has(port) || own.includes(port)) return 'provided port is already allocated';
      own.push(port);
      return undefined;
    },
    next() {
      const port = Math.max(...(own.length === 0 ? [maxNodePort + 1] : own)) + 1;
      own.push(port);
      return port;
    },
  };
}

/** Fills in the node ports that are missing. @throws ApiError when a wanted one cannot be had. */
export function reservePorts(draft: Draft<Service>, old: Service | undefined, source: PortSource): void {
  if (draft.spec.type === 'NodePort' || draft.spec.type === 'LoadBalancer') {
    if (old === undefined) reserveNewPorts(draft, source);
    else reserveChangedPorts(draft, old, source);
  }
  if (needsHealthPort(draft.spec)) reserveHealthPort(draft, old, source);
}

/** The ports of a Service that have, or may get, a number on the nodes. */
function portsInQuestion({ spec }: Draft<Service>): readonly (readonly [number, DraftPort])[] {
  const mayGet = spec.type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false;
  return [...(spec.ports ?? []).entries()].filter(([, { nodePort }]) => mayGet || (nodePort ?? 0) !== 0);
}

type DraftPort = Draft<ServicePort>;

/** In a new Service one number may serve all protocols of one port. */
function reserveNewPorts(draft: Draft<Service>, source: PortSource): void {
  const ports = draft.spec.ports ?? [];
  const numbers = new Map<number, number>();
  for (const [index, port] of portsInQuestion(draft)) {
    const wanted = port.nodePort ?? 0;
    const shared = numbers.get(port.port);
    if (shared === undefined) {
      const asked = ports.find((each) => each.port === port.port && (each.nodePort ?? 0) !== 0)?.nodePort;
      if (asked !== undefined) takePort(draft, index, asked, source);
      port.nodePort = asked ?? nextPort(source);
      numbers.set(port.port, port.nodePort);
    } else if (wanted === 0) port.nodePort = shared;
    else if (wanted !== shared) takePort(draft, index, wanted, source);
  }
}

/** A changed Service keeps the numbers that it has; each port without one gets its own. */
function reserveChangedPorts(draft: Draft<Service>, old: Service, source: PortSource): void {
  const had = new Set((old.spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0));
  const taken = new Set<number>();
  const seen = new Set<string>();
  for (const [index, port] of portsInQuestion(draft)) {
    const wanted = port.nodePort ?? 0;
    if (wanted === 0) port.nodePort = nextPort(source);
    else if (!had.has(wanted) && !taken.has(wanted)) {
      takePort(draft, index, wanted, source);
      taken.add(wanted);
    }
    const shown = `{${port.protocol} ${port.nodePort}}`;
    if (seen.has(shown)) throw new ApiError('', `duplicate nodePort: ${shown}`);
    seen.add(shown);
  }
}

function takePort({ metadata }: Draft<Service>, index: number, port: number, source: PortSource): void {
  const detail = source.take(port);
  if (detail === undefined) return;
  throw invalidError('', 'Service', metadata.name, [invalid(`spec.ports[${index}].nodePort`, port, detail)]);
}

function nextPort(source: PortSource): number {
  const port = source.next();
  if (port === undefined) throw allocationError('failed to allocate a nodePort: range is full');
  return port;
}

const needsHealthPort = ({ type, externalTrafficPolicy }: Pick<ServiceSpec, 'type' | 'externalTrafficPolicy'>) =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

function reserveHealthPort({ spec }: Draft<Service>, old: Service | undefined, source: PortSource): void {
  if (old !== undefined && needsHealthPort(old.spec)) return;
  const wanted = spec.healthCheckNodePort ?? 0;
  if (wanted !== 0) {
    const detail = source.take(wanted);
    if (detail !== undefined) {
      throw allocationError(`failed to allocate requested HealthCheck NodePort ${wanted}: ${detail}`);
    }
    return;
  }
  const number = source.next();
  if (number === undefined) throw allocationError('failed to allocate a HealthCheck NodePort 0: range is full');
  spec.healthCheckNodePort = number;
}

/** What the server could not do about ports or addresses, though the request is sound. */
export function allocationError(detail: string): ApiError {
  return new ApiError('InternalError', `Internal error occurred: ${detail}`, { causes: [{ message: detail }] });
}
