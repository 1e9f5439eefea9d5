/**
 * From a query's bytes to the response's: cluster names from the cluster, everything else from the cache or upstream.
 */
import { decode, encode, AUTHORITATIVE_ANSWER, RECURSION_AVAILABLE, type Answer, type Packet } from 'dns-packet';
import type { ClusterView } from './cluster-view.ts';
import type { Forwarder, Transport } from './forward.ts';
import { errorResponse, readHeader, truncatedResponse } from './message.ts';
import { clusterReply, type Reply } from './records.ts';
import type { ResponseCache } from './response-cache.ts';

export interface ResolverOptions {
  readonly view: ClusterView;
  /** In lower case, without dots at its ends. */
  readonly zone: string;
  readonly forwarder: Forwarder;
  readonly cache: ResponseCache;
  /** False until the cluster is known: its names get SERVFAIL rather than a wrong "no such name". */
  readonly ready: () => boolean;
  readonly onLoop: () => void;
  readonly signal: AbortSignal;
}

const formatError = 1;
const serverFailure = 2;
const notImplemented = 4;
const refused = 5;
const nameError = 3;

/** What fits into a datagram that no network has to cut. */
const maxUdpBytes = 1232;
const plainUdpBytes = 512;

/** Undefined: no answer at all, for what is no query. */
export async function answerQuery(
  query: Buffer,
  transport: Transport,
  options: ResolverOptions,
): Promise<Buffer | undefined> {
  const header = readHeader(query);
  if (header === undefined || !header.isQuery) return undefined;
  if (header.opcode !== 0) return errorResponse(query, notImplemented);
  const packet = parse(query);
  const [question] = packet?.questions ?? [];
  if (packet === undefined || question === undefined || header.questions !== 1)
    return errorResponse(query, formatError);
  const reply = clusterReply(question, options.view, options.zone);
  if (reply === undefined) return fit(await fromOutside(query, transport, options), packet, transport);
  if (!options.ready()) return errorResponse(query, serverFailure);
  const followed = await followAlias(reply, packet, options);
  return fit(render(packet, followed), packet, transport);
}

async function fromOutside(query: Buffer, transport: Transport, options: ResolverOptions): Promise<Buffer> {
  const { cache, forwarder, onLoop, signal } = options;
  if (forwarder.isOwn(query)) {
    onLoop();
    return errorResponse(query, refused);
  }
  const known = cache.find(query);
  if (known !== undefined) return known;
  const response = await forwarder.forward(query, transport, signal);
  if (response === undefined) return errorResponse(query, serverFailure);
  cache.store(query, response);
  return response;
}

/** Adds what the alias stands for, so that the client need not ask again. One that leads nowhere stays alone. */
async function followAlias(reply: Reply, packet: Packet, options: ResolverOptions): Promise<Reply> {
  const { alias } = reply;
  const type = packet.questions?.[0]?.type;
  if (alias === undefined || alias === '' || (type !== 'A' && type !== 'AAAA')) return reply;
  const question = { name: alias, type };
  const inside = clusterReply(question, options.view, options.zone);
  if (inside !== undefined) return { ...reply, answers: [...reply.answers, ...inside.answers] };
  const query = encode({ type: 'query', id: packet.id ?? 0, flags: 0x0100, questions: [question] });
  const answer = parse(await fromOutside(query, 'udp', options));
  return { ...reply, answers: [...reply.answers, ...(answer?.answers ?? [])] };
}

function render(packet: Packet, reply: Reply): Buffer {
  const opt = packet.additionals?.some(({ type }) => type === 'OPT') === true ? [optRecord] : [];
  const recursionDesired = (packet.flags ?? 0) & 0x0100;
  const rcode = reply.rcode === 'NXDOMAIN' ? nameError : 0;
  return encode({
    type: 'response',
    id: packet.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | recursionDesired | rcode,
    questions: packet.questions ?? [],
    answers: [...reply.answers],
    authorities: [...reply.authorities],
    additionals: [...reply.additionals, ...opt],
  });
}

const optRecord: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: maxUdpBytes,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

/** Over UDP a response is cut where the client, or the way to it, cannot take it whole. */
function fit(response: Buffer, packet: Packet, transport: Transport): Buffer {
  if (transport === 'tcp') return response;
  const opt = packet.additionals?.find((record) => record.type === 'OPT');
  const taken = opt === undefined ? plainUdpBytes : Math.max(plainUdpBytes, opt.udpPayloadSize);
  return response.length <= Math.min(taken, maxUdpBytes) ? response : truncatedResponse(response);
}

function parse(message: Buffer): Packet | undefined {
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}
