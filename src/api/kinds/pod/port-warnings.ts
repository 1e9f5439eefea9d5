/** Ports that are named or numbered twice among the containers of a pod: nobody can tell which one is meant. */
import type { ContainerPort, PodSpec } from '../../groups/core.v1.ts';
import { containersInOrder } from './containers-in-order.ts';

interface Placed {
  readonly field: string;
  readonly port: ContainerPort;
}

/** More than an answer ever shows; a pod may have so many ports that all pairs of them would fill the memory. */
const most = 1000;

export function portWarnings(spec: PodSpec, field: string): readonly string[] {
  const ports = containersInOrder(spec).flatMap(({ path, container }) =>
    (container.ports ?? []).map((port, index): Placed => ({ field: `${field}.${path}.ports[${index}]`, port })),
  );
  return [...numberWarnings(ports), ...nameWarnings(ports)].slice(0, most);
}

/** Each port is compared with all before it that have its number. */
function numberWarnings(ports: readonly Placed[]): readonly string[] {
  const warnings: string[] = [];
  const byNumber = new Map<string, Placed[]>();
  for (const each of ports) {
    const number = `${each.port.containerPort}/${each.port.protocol}`;
    const before = byNumber.get(number) ?? [];
    warnings.push(...addressWithoutPort(each));
    for (const one of before) {
      if (warnings.length >= most) return warnings;
      warnings.push(...sameNumber(each, one));
    }
    before.push(each);
    byNumber.set(number, before);
  }
  return warnings;
}

/** Each port is compared with the first one of its name. */
function nameWarnings(ports: readonly Placed[]): readonly string[] {
  const byName = new Map<string, Placed>();
  return ports.flatMap((each) => {
    const { name = '' } = each.port;
    const first = name === '' ? undefined : byName.get(name);
    if (first === undefined) byName.set(name, each);
    return first === undefined ? [] : [sameName(each, first)];
  });
}

function addressWithoutPort({ field, port }: Placed): readonly string[] {
  if (!port.hostIP || port.hostPort) return [];
  const { name = '', containerPort, protocol = '', hostIP } = port;
  const shown = `{Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
  return [`${field}: hostIP set without hostPort: ${shown}`];
}

/** Of two ports of one number. */
function sameNumber({ field, port }: Placed, before: Placed): readonly string[] {
  const other = before.port;
  const [ip, otherIp] = [port.hostIP ?? '', other.hostIP ?? ''];
  const [hostPort, otherPort] = [port.hostPort ?? 0, other.hostPort ?? 0];
  const tell = (how: string): readonly string[] => [`${field}: ${how} port definition with ${before.field}`];
  if (ip === otherIp && hostPort === otherPort) return tell('duplicate');
  if (hostPort === 0 || otherPort === 0) return tell('overlapping');
  return hostPort === otherPort && (ip === '') !== (otherIp === '') ? tell('dangerously ambiguous') : [];
}

function sameName({ field, port }: Placed, first: Placed): string {
  const whose = `services and probes that select ports by name will use ${first.field}`;
  return `${field}: duplicate port name ${JSON.stringify(port.name)} with ${first.field}, ${whose}`;
}
