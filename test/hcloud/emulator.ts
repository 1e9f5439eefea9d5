/**
 * An emulator of the Hetzner Cloud API, written from its public documentation (https://docs.hetzner.cloud): servers, networks
 * with routes, load balancers, actions, pages, the rate limit and the errors that clients have to live with. State in memory,
 * over HTTP on the loopback interface.
 *
 * Like the real one it is slow on purpose: a change answers with an action that runs for some polls, takes effect at once, and
 * keeps its resource locked until it has ended.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiFault } from './fault.ts';
import { balancerAction, createBalancer, type EmulatedBalancer } from './load-balancers.ts';
import { networkAction, type EmulatedNetwork, type EmulatedServer } from './networks.ts';

export type Fields = Record<string, unknown>;

interface EmulatedAction {
  readonly id: number;
  readonly command: string;
  readonly resource: string;
  polls: number;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Everything of the project. */
export interface Project {
  readonly servers: Map<number, EmulatedServer>;
  readonly networks: Map<number, EmulatedNetwork>;
  readonly balancers: Map<number, EmulatedBalancer>;
  nextId(): number;
}

export class HcloudEmulator {
  readonly project: Project;
  /** `METHOD /path` of each request, without the query. */
  readonly requests: string[] = [];
  readonly token = 'hcloud-test-token';
  /** Called when a request has arrived, before it is carried out. */
  onRequest: () => void = () => undefined;
  /** Requests left until the bucket is empty; Infinity = no limit. */
  remaining = Number.POSITIVE_INFINITY;
  /** How often a client has to ask until an action has ended. */
  actionPolls = 2;
  readonly #faults: { readonly status: number; readonly code: string; readonly message: string }[] = [];
  readonly #actionErrors = new Map<string, { readonly code: string; readonly message: string }>();
  readonly #actions = new Map<number, EmulatedAction>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #lastId = 100;

  constructor() {
    this.project = { servers: new Map(), networks: new Map(), balancers: new Map(), nextId: () => ++this.#lastId };
  }

  /** Answers the endpoint. */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  addServer(name: string, more: Partial<EmulatedServer> = {}): EmulatedServer {
    const id = this.project.nextId();
    const location = { id: 1, name: 'fsn1', network_zone: 'eu-central' };
    const server: EmulatedServer = {
      id,
      name,
      status: 'running',
      server_type: { id: 1, name: 'cx22' },
      datacenter: { id: 4, name: 'fsn1-dc14', location },
      public_net: { ipv4: { ip: `203.0.113.${id % 256}` }, ipv6: { ip: `2001:db8:${id}::/64` } },
      private_net: [],
      labels: {},
      ...more,
    };
    this.project.servers.set(id, server);
    return server;
  }

  addNetwork(name: string, ip_range = '10.0.0.0/8'): EmulatedNetwork {
    const network: EmulatedNetwork = { id: this.project.nextId(), name, ip_range, routes: [], labels: {} };
    this.project.networks.set(network.id, network);
    return network;
  }

  /** The next request is answered so, whatever it asks for. */
  failNext(status: number, code: string, message = 'as the test wants it'): void {
    this.#faults.push({ status, code, message });
  }

  /** The next action of this name ends in an error. */
  failAction(command: string, code: string, message: string): void {
    this.#actionErrors.set(command, { code, message });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://emulator');
    const path = url.pathname.replace(/^\/v1/, '');
    this.requests.push(`${request.method} ${path}`);
    this.onRequest();
    response.setHeader('content-type', 'application/json');
    try {
      this.#admit(request, response);
      const body = await readBody(request);
      const { status = 200, value } = this.#route(request.method ?? 'GET', path, url.searchParams, body);
      response.writeHead(status).end(value === undefined ? '' : JSON.stringify(value));
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      const { status, code, message } = error;
      response.writeHead(status).end(JSON.stringify({ error: { code, message, details: {} } }));
    }
  }

  #admit(request: IncomingMessage, response: ServerResponse): void {
    const fault = this.#faults.shift();
    if (fault !== undefined) throw new ApiFault(fault.status, fault.code, fault.message);
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      throw new ApiFault(401, 'unauthorized', 'unable to authenticate');
    }
    response.setHeader('ratelimit-limit', '3600');
    response.setHeader('ratelimit-remaining', String(Math.max(0, Math.min(3600, this.remaining))));
    response.setHeader('ratelimit-reset', String(Math.ceil(Date.now() / 1000)));
    if (this.remaining <= 0) {
      this.remaining = Number.POSITIVE_INFINITY;
      throw new ApiFault(429, 'rate_limit_exceeded', 'limit of 3600 requests per hour reached');
    }
    this.remaining--;
  }

  #route(method: string, path: string, query: URLSearchParams, body: Fields): { status?: number; value?: unknown } {
    const [, kind = '', id = '', actions = '', command = ''] = path.split('/');
    if (kind === 'actions' && method === 'GET') return { value: { action: this.#poll(Number(id)) } };
    const lists = {
      servers: this.project.servers,
      networks: this.project.networks,
      load_balancers: this.project.balancers,
    };
    const all: ReadonlyMap<number, { id: number; name: string; labels: Record<string, string> }> | undefined =
      lists[kind as keyof typeof lists];
    if (all === undefined) throw new ApiFault(404, 'not_found', 'not found');
    if (id === '' && method === 'GET') return { value: page(kind, [...all.values()], query) };
    if (id === '' && method === 'POST' && kind === 'load_balancers') return this.#createBalancer(body);
    const found = all.get(Number(id));
    if (found === undefined) throw new ApiFault(404, 'not_found', `${kind.slice(0, -1)} with ID '${id}' not found`);
    const resource = `${kind}/${id}`;
    if (actions === '' && method === 'GET') return { value: { [kind.slice(0, -1)]: found } };
    this.#refuseLocked(resource);
    if (actions === '' && method === 'PUT') return { value: { [kind.slice(0, -1)]: Object.assign(found, body) } };
    if (actions === '' && method === 'DELETE' && kind === 'load_balancers') {
      this.project.balancers.delete(found.id);
      return { status: 204 };
    }
    if (actions !== 'actions' || method !== 'POST') throw new ApiFault(405, 'method_not_allowed', 'method not allowed');
    if (kind === 'networks') networkAction(this.project, found.id, command, body);
    else if (kind === 'load_balancers') balancerAction(this.project, found.id, command, body);
    return { status: 201, value: { action: this.#begin(command, resource) } };
  }

  #createBalancer(body: Fields): { status: number; value: unknown } {
    const created = createBalancer(this.project, body);
    const action = this.#begin('create_load_balancer', `load_balancers/${created.id}`);
    return { status: 201, value: { load_balancer: created, action } };
  }

  #begin(command: string, resource: string): unknown {
    const error = this.#actionErrors.get(command) ?? null;
    this.#actionErrors.delete(command);
    const action = { id: this.project.nextId(), command, resource, polls: this.actionPolls, error };
    this.#actions.set(action.id, action);
    return shown(action);
  }

  #poll(id: number): unknown {
    const action = this.#actions.get(id);
    if (action === undefined) throw new ApiFault(404, 'not_found', `action with ID '${id}' not found`);
    action.polls = Math.max(0, action.polls - 1);
    return shown(action);
  }

  #refuseLocked(resource: string): void {
    const busy = [...this.#actions.values()].filter((action) => action.resource === resource && action.polls > 0);
    if (busy.length === 0) return;
    for (const action of busy) action.polls--; // time passes for those whom nobody asks about too
    throw new ApiFault(423, 'locked', `${resource} is locked`);
  }
}

function shown({ id, command, polls, error }: EmulatedAction): unknown {
  const ended = error === null ? 'success' : 'error';
  return { id, command, status: polls > 0 ? 'running' : ended, progress: polls > 0 ? 50 : 100, error };
}

interface Listed {
  readonly name: string;
  readonly labels: Record<string, string>;
}

function page(kind: string, all: readonly Listed[], query: URLSearchParams): unknown {
  const [name, selector] = [query.get('name'), query.get('label_selector')];
  const [key = '', value = ''] = selector?.split('==') ?? [];
  const found = all
    .filter((one) => name === null || one.name === name)
    .filter((one) => selector === null || one.labels[key] === value);
  const perPage = Math.min(50, Number(query.get('per_page') ?? 25));
  const number = Number(query.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(found.length / perPage));
  const pagination = {
    page: number,
    per_page: perPage,
    previous_page: number > 1 ? number - 1 : null,
    next_page: number < last ? number + 1 : null,
    last_page: last,
    total_entries: found.length,
  };
  return { [kind]: found.slice((number - 1) * perPage, number * perPage), meta: { pagination } };
}

async function readBody(request: IncomingMessage): Promise<Fields> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Fields);
}
