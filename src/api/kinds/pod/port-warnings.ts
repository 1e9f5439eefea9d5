/** Ports that are named or numbered twice among the containers of a pod: nobody can tell which one is meant. */
import type { ContainerPort, PodSpec } from '../../groups/core.v1.ts';
import { containersInOrder } from './containers-in-order.ts';

interface Placed {
  readonly field: string;
  readonly port: ContainerPort;
}

export function portWarnings(spec: PodSpec, field: string): readonly string[] {
  const ports = containersInOrder(spec).flatMap(({ path, container }) =>
    (container.ports ?? []).map((port, index): Placed => ({ field: `${field}.${path}.ports[${index}]`, port })),
  );
  if (ports.length === 0) return [];
  return [
    ...ports.flatMap((each, index) => [
      ...addressWithoutPort(each),
      ...ports.slice(0, index).flatMap((before) => sameNumber(each, before)),
    ]),
    ...ports.flatMap((each, index) => sameName(each, ports.slice(0, index))),
  ];
}

function addressWithoutPort({ field, port }: Placed): readonly string[] {
  if (!port.hostIP || port.hostPort) return [];
  const { name = '', containerPort, protocol = '', hostIP } = port;
  const shown = `{Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
  return [`${field}: hostIP set without hostPort: ${shown}`];
}

function sameNumber({ field, port }: Placed, before: Placed): readonly string[] {
  const other = before.port;
  if (port.containerPort !== other.containerPort || port.protocol !== other.protocol) return [];
  const [ip, otherIp] = [port.hostIP ?? '', other.hostIP ?? ''];
  const [hostPort, otherPort] = [port.hostPort ?? 0, other.hostPort ?? 0];
  const tell = (how: string): readonly string[] => [`${field}: ${how} port definition with ${before.field}`];
  if (ip === otherIp && hostPort === otherPort) return tell('duplicate');
  if (hostPort === 0 || otherPort === 0) return tell('overlapping');
  return hostPort === otherPort && (ip === '') !== (otherIp === '') ? tell('dangerously ambiguous') : [];
}

function sameName({ field, port }: Placed, before: readonly Placed[]): readonly string[] {
  const first = port.name ? before.find((each) => each.port.name === port.name) : undefined;
  if (first === undefined) return [];
  const whose = `services and probes that select ports by name will use ${first.field}`;
  return [`${field}: duplicate port name ${JSON.stringify(port.name)} with ${first.field}, ${whose}`];
}
