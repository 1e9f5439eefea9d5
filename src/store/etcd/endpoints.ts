/**
 * The members of an etcd cluster as its client sees them: one connection to each, and one member in use.
 *
 * All calls go to the member in use until it fails or leaves one unanswered for a second; then the next one takes its
 * place. Reads go on there by themselves, and writes that may be sent again (transaction.ts); any other write only when it
 * is certain that no member has seen it.
 */
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { Client, connectivityState, credentials, Metadata } from '@grpc/grpc-js';
import type { ChannelCredentials, ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { sleep } from '../../base/clock.ts';
import type { Clock } from '../../base/clock.ts';
import type { Method } from '../protocol/services.ts';
import type { Decoded, Encodable, Message } from '../protocol/schema.ts';
import { StoreError } from '../store.ts';
import { failureOf } from './failure.ts';

export interface EtcdAddresses {
  /** `http://host:port`, `https://host:port` or `unix:///path`, at least one. */
  readonly servers: readonly string[];
  /** PEM, for https: whom to believe (default: the system's authorities), and what to show. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export interface Member {
  readonly url: string;
  readonly client: Client;
}

export interface CallOptions {
  /** Carrying it out twice does no harm. */
  readonly repeatable: boolean;
}

export interface Answered<Response> {
  readonly response: Response;
  /** An earlier attempt may have been carried out as well. */
  readonly again: boolean;
}

export type Stream<Q extends Message, S extends Message> = ClientDuplexStream<Encodable<Q>, Decoded<S>>;

/** A call that waits longer makes the next calls go to another member. */
const stalledMs = 1000;
const connectMs = 500;
/** etcd itself gives up on a write after 7 s. */
const writeMs = 8000;
/** For what may be asked again, each time that all members have been asked. */
const roundMs = [1500, 3000, 6000, 12_000] as const;
const patienceMs = 10_000;
const pauseMs = 100;

export class Endpoints {
  readonly members: readonly Member[];
  readonly #clock: Clock;
  #inUse = 0;

  constructor({ servers, tls = {} }: EtcdAddresses, clock: Clock) {
    if (servers.length === 0) throw new RangeError('Cannot reach etcd: no server is named');
    this.#clock = clock;
    this.members = servers.map((url) => ({ url, client: connect(url, tls) }));
    for (const { client } of this.members) client.getChannel().getConnectivityState(true);
  }

  get inUse(): Member {
    return this.members[this.#inUse] as Member;
  }

  /** The member that comes after this one. */
  after(member: Member): Member {
    return this.members[(this.members.indexOf(member) + 1) % this.members.length] as Member;
  }

  /** Uses another member from now on, if this is the one in use. */
  leave(member: Member): void {
    if (this.inUse === member) this.#inUse = (this.#inUse + 1) % this.members.length;
  }

  /** @throws StoreError; `unavailable` when no member answers, or it is not known whether a write was carried out. */
  async call<Q extends Message, S extends Message>(
    method: Method<Q, S>,
    request: Encodable<Q>,
    { repeatable }: CallOptions,
  ): Promise<Answered<Decoded<S>>> {
    const endMs = this.#clock.now() + patienceMs;
    // A member that knows of no leader then says so at once, where it would keep the call until its time is up.
    const metadata = leaderRequired();
    let again = false;
    for (let attempt = 0; ; attempt += 1) {
      const member = this.inUse;
      const round = Math.floor(attempt / this.members.length);
      const timeoutMs = repeatable ? (roundMs[Math.min(round, roundMs.length - 1)] as number) : writeMs;
      try {
        return { response: await this.#ask(member, method, request, { timeoutMs, metadata }), again };
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === 'answer') throw failure.error;
        this.leave(member);
        if (failure.kind === 'unknown' && !repeatable) {
          throw new StoreError('unavailable', `etcd has not told whether it was written: ${failure.text}`, {
            cause: error,
          });
        }
        again ||= failure.kind === 'unknown';
        if (this.#clock.now() >= endMs) {
          throw new StoreError('unavailable', `No etcd server answers: ${failure.text}`, { cause: error });
        }
        if ((attempt + 1) % this.members.length === 0) await sleep(this.#clock, pauseMs);
      }
    }
  }

  /** One member alone is asked, once. */
  async ask<Q extends Message, S extends Message>(
    member: Member,
    method: Method<Q, S>,
    request: Encodable<Q>,
  ): Promise<Decoded<S>> {
    return this.#ask(member, method, request, { timeoutMs: roundMs[0], metadata: new Metadata() });
  }

  /** @param requireLeader The stream ends when the member loses sight of the cluster's leader. */
  open<Q extends Message, S extends Message>(
    member: Member,
    method: Method<Q, S>,
    requireLeader: boolean,
  ): Stream<Q, S> {
    const metadata = requireLeader ? leaderRequired() : new Metadata();
    const { path, requestSerialize, responseDeserialize } = method;
    return member.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
  }

  close(): void {
    for (const { client } of this.members) client.close();
  }

  async #ask<Q extends Message, S extends Message>(
    member: Member,
    method: Method<Q, S>,
    request: Encodable<Q>,
    { timeoutMs, metadata }: { readonly timeoutMs: number; readonly metadata: Metadata },
  ): Promise<Decoded<S>> {
    await connected(member);
    const cancel = this.#clock.after(stalledMs, () => this.leave(member));
    try {
      return await new Promise((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = method;
        const options = { deadline: Date.now() + timeoutMs };
        const answer = (error: ServiceError | null, response?: Decoded<S>): void => {
          if (error !== null) reject(error);
          else resolve(response as Decoded<S>);
        };
        const { client } = member;
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, options, answer);
      });
    } finally {
      cancel();
    }
  }
}

function leaderRequired(): Metadata {
  const metadata = new Metadata();
  metadata.set('hasleader', 'true');
  return metadata;
}

/** Rejects as gRPC does when there is no connection and none comes about soon. */
function connected({ url, client }: Member): Promise<void> | undefined {
  const state = client.getChannel().getConnectivityState(true);
  if (state === connectivityState.READY) return undefined;
  const unavailable = { code: 14, details: `No connection established to ${url}` };
  if (state === connectivityState.TRANSIENT_FAILURE) throw Object.assign(new Error(unavailable.details), unavailable);
  return new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + connectMs, (error) => {
      if (error === undefined) resolve();
      else reject(Object.assign(new Error(unavailable.details), unavailable));
    });
  });
}

function connect(url: string, tls: NonNullable<EtcdAddresses['tls']>): Client {
  const { protocol, host, hostname, pathname } = new URL(url);
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const isSecure = protocol === 'https:';
  if (!isSecure && protocol !== 'http:' && protocol !== 'unix:') {
    throw new RangeError(`Cannot reach etcd at "${url}": the address must begin with http://, https:// or unix://`);
  }
  const target = protocol === 'unix:' ? `unix:${host}${pathname}` : host.includes(':') ? host : `${host}:2379`;
  return new Client(target, isSecure ? secured(tls, address) : credentials.createInsecure(), {
    ...(isSecure && isIP(address) !== 0 ? { 'grpc.ssl_target_name_override': nameless } : {}),
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.min_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1000,
    // etcd drops clients that ask more often than every 5 s.
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 5000,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_retries': 0,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.service_config_disable_resolution': 1,
  });
}

/** Node refuses to send an address as the name of a server, which gRPC would; the certificate is checked for the address. */
const nameless = 'etcd';

function secured({ ca, cert, key }: NonNullable<EtcdAddresses['tls']>, host: string): ChannelCredentials {
  const buffer = (pem: string | undefined): Buffer | null => (pem === undefined ? null : Buffer.from(pem));
  return credentials.createSsl(buffer(ca), buffer(key), buffer(cert), {
    checkServerIdentity: (_name: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate),
  });
}
