/**
 * The answers of cluster DNS: a function of the question and the cluster.
 * https://github.com/kubernetes/dns/blob/master/docs/specification.md
 *
 *   web.ns.svc.ZONE                A, AAAA: cluster IP; headless: all ready endpoints      SRV: all ports
 *   _http._tcp.web.ns.svc.ZONE     SRV: the port of that name
 *   pod-0.web.ns.svc.ZONE          A, AAAA: the endpoint of a headless service with that host name
 *   10-244-0-7.ns.pod.ZONE         A, AAAA: the address that the name spells
 *   7.0.96.10.in-addr.arpa         PTR: the service, or the endpoint of a headless one
 *
 * A name that exists without records of the type gets no answer but no error either; both that and a name that does not
 * exist come with the zone's SOA, so that clients may remember it.
 */
import type { Answer, Question, SoaAnswer } from 'dns-packet';
import type { Service } from '../api/groups/core.v1.ts';
import type { Endpoint, EndpointSlice } from '../api/groups/discovery.v1.ts';
import { addressOfReverseName, addressFamily } from './addresses.ts';
import { clusterIps, type ClusterView } from './cluster-view.ts';

export interface Reply {
  readonly rcode: 'NOERROR' | 'NXDOMAIN';
  readonly answers: readonly Answer[];
  readonly additionals: readonly Answer[];
  readonly authorities: readonly Answer[];
  /** The name is an alias of this one, which may be outside of the cluster. */
  readonly alias?: string | undefined;
}

/** Seconds that clients may remember an answer. */
const ttl = 5;

/** Undefined: the name is not the cluster's. `zone` without dots at its ends, in lower case, such as cluster.local. */
export function clusterReply(question: Question, view: ClusterView, zone: string): Reply | undefined {
  const name = question.name.toLowerCase();
  const ip = addressOfReverseName(name);
  if (ip !== undefined) return reverseReply(question, ip, view, zone);
  if (name !== zone && !name.endsWith(`.${zone}`)) return undefined;
  const labels = name === zone ? [] : name.slice(0, -zone.length - 1).split('.');
  const found = recordsOf({ question, labels, view, zone });
  if (found === undefined) return negative('NXDOMAIN', zone);
  if (found.answers.length === 0) return negative('NOERROR', zone);
  return { rcode: 'NOERROR', additionals: [], authorities: [], ...found };
}

interface Found {
  readonly answers: readonly Answer[];
  readonly additionals?: readonly Answer[];
  readonly alias?: string;
}

interface Asked {
  readonly question: Question;
  /** The name without the zone. */
  readonly labels: readonly string[];
  readonly view: ClusterView;
  readonly zone: string;
}

const empty: Found = { answers: [] };

/** Undefined: no such name. */
function recordsOf(asked: Asked): Found | undefined {
  const { labels, question, zone, view } = asked;
  const [branch] = labels.slice(-1);
  if (branch === undefined) return zoneRecords(question, zone);
  if (labels.length === 1 && branch === 'dns-version') {
    return question.type === 'TXT' ? { answers: [{ type: 'TXT', name: question.name, ttl, data: '1.1.0' }] } : empty;
  }
  const namespace = labels.at(-2);
  if (branch !== 'svc' && branch !== 'pod') return undefined;
  if (namespace === undefined) return empty;
  if (branch === 'pod') return podRecords(asked, namespace);
  if (labels.length === 2) return view.hasNamespace(namespace) ? empty : undefined;
  const service = view.service(namespace, labels.at(-3) ?? '');
  if (service === undefined) return undefined;
  return serviceRecords(asked, service, labels.slice(0, -3));
}

function zoneRecords(question: Question, zone: string): Found {
  if (question.type === 'SOA') return { answers: [soa(zone)] };
  return question.type === 'NS' ? { answers: [{ type: 'NS', name: zone, ttl, data: `ns.dns.${zone}` }] } : empty;
}

function podRecords({ question, labels }: Asked, namespace: string): Found | undefined {
  if (labels.length === 2) return namespace === '' ? undefined : empty;
  if (labels.length !== 3) return undefined;
  const [spelled = ''] = labels;
  const ip = spelled.split('-').length === 4 ? spelled.replaceAll('-', '.') : spelled.replaceAll('-', ':');
  return addressFamily(ip) === undefined ? undefined : { answers: addressRecords(question, question.name, [ip]) };
}

/** `front`: the labels before the service's own name. */
function serviceRecords(asked: Asked, service: Service, front: readonly string[]): Found | undefined {
  const { question, view } = asked;
  const { namespace, name } = service.metadata;
  if (service.spec.type === 'ExternalName') {
    if (front.length > 0) return undefined;
    const target = (service.spec.externalName ?? '').replace(/\.$/, '');
    return { answers: [{ type: 'CNAME', name: question.name, ttl, data: target }], alias: target };
  }
  const headless = clusterIps(service.spec).length === 0;
  const slices = headless ? view.slices(namespace, name) : [];
  if (front.length === 0) {
    if (question.type === 'SRV') return portRecords(asked, service, slices, () => true);
    const ips = headless ? readyEndpoints(slices).flatMap(({ addresses }) => addresses) : clusterIps(service.spec);
    return { answers: addressRecords(question, question.name, ips) };
  }
  const [first = '', second = ''] = front;
  if (front.length === 2 && first.startsWith('_') && second.startsWith('_')) {
    const matches = (port: NamedPort): boolean => `_${port.name}` === first && `_${port.protocol}` === second;
    return portRecords(asked, service, slices, matches);
  }
  if (front.length !== 1 || !headless) return undefined;
  const named = readyEndpoints(slices).filter((endpoint) => hostName(endpoint) === first);
  if (named.length === 0) return undefined;
  return {
    answers: addressRecords(
      question,
      question.name,
      named.flatMap(({ addresses }) => addresses),
    ),
  };
}

interface NamedPort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
}

function portRecords(
  { question, zone }: Asked,
  service: Service,
  slices: readonly EndpointSlice[],
  matches: (port: NamedPort) => boolean,
): Found | undefined {
  const base = `${service.metadata.name}.${service.metadata.namespace}.svc.${zone}`;
  const places =
    clusterIps(service.spec).length > 0
      ? (service.spec.ports ?? []).map((port) => ({ ...named(port), target: base, ips: clusterIps(service.spec) }))
      : slices.flatMap((slice) =>
          (slice.ports ?? []).flatMap((port) =>
            readyEndpoints([slice]).map((endpoint) => ({
              ...named(port),
              target: `${hostName(endpoint)}.${base}`,
              ips: endpoint.addresses,
            })),
          ),
        );
  const chosen = places.filter(matches);
  if (chosen.length === 0) return undefined;
  if (question.type !== 'SRV') return empty;
  const weight = Math.max(1, Math.trunc(100 / chosen.length));
  const answers: Answer[] = chosen.map(({ port, target }) => ({
    type: 'SRV',
    name: question.name,
    ttl,
    data: { priority: 0, weight, port, target },
  }));
  const additionals = new Map(
    chosen.flatMap(({ target, ips }) => ips.map((ip) => [`${target} ${ip}`, addressRecord(target, ip)] as const)),
  );
  return { answers, additionals: [...additionals.values()] };
}

function named(port: {
  readonly name?: string | undefined;
  readonly protocol?: string | undefined;
  readonly port?: number | undefined;
}): NamedPort {
  return {
    name: (port.name ?? '').toLowerCase(),
    protocol: (port.protocol ?? 'TCP').toLowerCase(),
    port: port.port ?? 0,
  };
}

function readyEndpoints(slices: readonly EndpointSlice[]): readonly Endpoint[] {
  const ready = slices.flatMap(({ endpoints }) =>
    (endpoints ?? []).filter(({ conditions }) => conditions.ready !== false),
  );
  return [...new Map(ready.map((endpoint) => [endpoint.addresses.join(), endpoint])).values()];
}

/** The label under which an endpoint is found: its host name, else its address spelled with dashes. */
function hostName({ hostname = '', addresses }: Endpoint): string {
  return hostname === '' ? (addresses[0] ?? '').replaceAll(/[.:]/g, '-') : hostname.toLowerCase();
}

function reverseReply(question: Question, ip: string, view: ClusterView, zone: string): Reply | undefined {
  const services = view.servicesAt(ip).map(({ metadata }) => `${metadata.name}.${metadata.namespace}.svc.${zone}`);
  const endpoints = view.slicesWith(ip).flatMap((slice) => {
    const { namespace, labels } = slice.metadata;
    const service = view.service(namespace, labels?.['kubernetes.io/service-name'] ?? '');
    if (service === undefined || clusterIps(service.spec).length > 0) return [];
    return readyEndpoints([slice])
      .filter(({ addresses }) => addresses.includes(ip))
      .map((endpoint) => `${hostName(endpoint)}.${service.metadata.name}.${namespace}.svc.${zone}`);
  });
  const names = new Set(services.length > 0 ? services : endpoints);
  if (names.size === 0) return undefined;
  if (question.type !== 'PTR') return negative('NOERROR', zone);
  const answers = [...names].map((data): Answer => ({ type: 'PTR', name: question.name, ttl, data }));
  return { rcode: 'NOERROR', answers, additionals: [], authorities: [] };
}

function addressRecords({ type }: Question, name: string, ips: readonly string[]): readonly Answer[] {
  const family = type === 'A' ? 4 : 6;
  if (type !== 'A' && type !== 'AAAA') return [];
  return ips.filter((ip) => addressFamily(ip) === family).map((ip) => addressRecord(name, ip));
}

function addressRecord(name: string, ip: string): Answer {
  return { type: addressFamily(ip) === 6 ? 'AAAA' : 'A', name, ttl, data: ip };
}

function negative(rcode: Reply['rcode'], zone: string): Reply {
  return { rcode, answers: [], additionals: [], authorities: [soa(zone)] };
}

/** The serial need not count: no secondary server copies the zone. */
function soa(zone: string): SoaAnswer {
  const times = { serial: 1, refresh: 7200, retry: 1800, expire: 86_400, minimum: ttl };
  return { type: 'SOA', name: zone, ttl, data: { mname: `ns.dns.${zone}`, rname: `hostmaster.${zone}`, ...times } };
}
