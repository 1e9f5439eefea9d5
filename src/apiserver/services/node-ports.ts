/**
 * The ports of one Service on every node: those its ports ask for or get, and the one that tells load balancers whether
 * a node has pods of the Service.
 */
import type { Draft } from '../../api/descriptor.ts';
import { ApiError } from '../../api/api-error.ts';
import { invalid, invalidError, type FieldError } from '../../api/field-error.ts';
import type { Service } from '../../api/groups/core.v1.ts';
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
  const { spec } = draft;
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') reserveServicePorts(draft, source);
  if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') reserveHealthPort(draft, old, source);
}

function reserveServicePorts(draft: Draft<Service>, source: PortSource): void {
  const { spec } = draft;
  const mayGet = spec.type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false;
  const ports = spec.ports ?? [];
  /** The same number may serve the protocols of one port of the Service. */
  const taken = new Map<number, Set<string>>();
  const refuse = (index: number, value: number, detail: string): never => {
    const errors: FieldError[] = [invalid(`spec.ports[${index}].nodePort`, value, detail)];
    throw invalidError('', 'Service', draft.metadata.name, errors);
  };
  for (const [index, port] of ports.entries()) {
    const protocol = port.protocol ?? 'TCP';
    const wanted = port.nodePort ?? 0;
    if (wanted === 0 && !mayGet) continue;
    const sibling = ports.slice(0, index).find((other) => other.port === port.port)?.nodePort;
    const shared = wanted === 0 ? sibling : wanted;
    if (shared && taken.has(shared) && taken.get(shared)?.has(protocol) === false) {
      taken.get(shared)?.add(protocol);
      port.nodePort = shared;
      continue;
    }
    if (wanted !== 0) {
      const detail = source.take(wanted);
      if (detail !== undefined) refuse(index, wanted, detail);
    }
    const number = wanted === 0 ? source.next() : wanted;
    if (number === undefined) return refuse(index, 0, 'failed to allocate a nodePort: range is full');
    port.nodePort = number;
    taken.set(number, new Set([protocol]));
  }
}

function reserveHealthPort(draft: Draft<Service>, old: Service | undefined, source: PortSource): void {
  const { spec } = draft;
  const wanted = spec.healthCheckNodePort ?? 0;
  if (wanted !== 0) {
    if (wanted === old?.spec.healthCheckNodePort) return;
    const detail = source.take(wanted);
    if (detail !== undefined) {
      throw portError(`failed to allocate requested HealthCheck NodePort ${wanted}: ${detail}`);
    }
    return;
  }
  const number = source.next();
  if (number === undefined) throw portError('failed to allocate a HealthCheck NodePort 0: range is full');
  spec.healthCheckNodePort = number;
}

function portError(detail: string): ApiError {
  return new ApiError('InternalError', `Internal error occurred: ${detail}`, { causes: [{ message: detail }] });
}
