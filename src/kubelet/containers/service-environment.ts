/** The variables by which pods find services without DNS: WEB_SERVICE_HOST, WEB_SERVICE_PORT, WEB_PORT_80_TCP_ADDR, … */
import type { Service } from '../../api/groups/core.v1.ts';

/** The services a pod of this namespace hears of: `kubernetes` always, those of its own namespace when it wants links. */
export function linkedServices(all: readonly Service[], namespace: string, wantsLinks: boolean): readonly Service[] {
  const visible = all.filter(({ spec }) => spec.clusterIP !== undefined && !['', 'None'].includes(spec.clusterIP));
  const chosen = new Map<string, Service>();
  for (const service of visible) {
    const { name, namespace: own } = service.metadata;
    if (own === 'default' && name === 'kubernetes' && !chosen.has(name)) chosen.set(name, service);
    if (own === namespace && (wantsLinks || name === 'kubernetes')) {
      if (wantsLinks || own === 'default') chosen.set(name, service);
    }
  }
  return [...chosen.values()];
}

export function serviceVariables(services: readonly Service[]): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const { metadata, spec } of services) {
    const prefix = metadata.name.toUpperCase().replaceAll('-', '_');
    const host = spec.clusterIP ?? '';
    const ports = spec.ports ?? [];
    const [first] = ports;
    if (first === undefined) continue;
    variables.set(`${prefix}_SERVICE_HOST`, host);
    variables.set(`${prefix}_SERVICE_PORT`, String(first.port));
    for (const { name, port } of ports) {
      if (name !== undefined && name !== '') {
        variables.set(`${prefix}_SERVICE_PORT_${name.toUpperCase().replaceAll('-', '_')}`, String(port));
      }
    }
    const address = host.includes(':') ? `[${host}]` : host;
    ports.forEach(({ port, protocol = 'TCP' }, i) => {
      const lower = protocol.toLowerCase();
      const url = `${lower}://${address}:${port}`;
      if (i === 0) variables.set(`${prefix}_PORT`, url);
      const link = `${prefix}_PORT_${port}_${protocol}`;
      variables.set(link, url);
      variables.set(`${link}_PROTO`, lower);
      variables.set(`${link}_PORT`, String(port));
      variables.set(`${link}_ADDR`, host);
    });
  }
  return variables;
}
