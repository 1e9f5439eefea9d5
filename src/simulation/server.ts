/**
 * One HTTPS server for the kubelets of all simulated nodes: logs, exec, attach, port-forward, statistics and metrics. Which node is meant is
 * told by the address at which the connection came in, where nodes have addresses of their own, else by the name that the client asked for
 * in TLS. A pod is found by its own name, whatever the node.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { duplexPair, type Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { callbackify } from 'node:util';
import type { KeyPair } from '../base/certificate.ts';
import { errorText } from '../base/log.ts';
import type { ComponentContext } from '../client/component.ts';
import type { LogOptions } from '../kubelet/logs/log-options.ts';
import { RuntimeError, type ProcessStreams, type StreamRequest } from '../kubelet/runtimes/runtime.ts';
import { simulatedPipes } from '../kubelet/runtimes/simulated-process.ts';
import { containerLogsRoute } from '../kubelet/server/container-logs.ts';
import { HttpError } from '../kubelet/server/http-error.ts';
import { informationRoutes } from '../kubelet/server/information.ts';
import { startKubeletServer, type KubeletServer, type Route } from '../kubelet/server/kubelet-server.ts';
import type { FindPod } from '../kubelet/server/pod-lookup.ts';
import { streamRoutes } from '../kubelet/server/streams.ts';
import type { Dice } from './dice.ts';
import { readLogLines } from './log-lines.ts';
import { nodeSummary } from './node-summary.ts';
import type { Places } from './places.ts';
import type { PodLife } from './pod-life.ts';
import { runCommand } from './run-command.ts';
import type { SimulatedNode } from './simulated-node.ts';

export interface Credentials {
  /** Shown to clients that name no node. */
  readonly fallback: KeyPair;
  /** PEM of the authority of those who may ask. */
  readonly clientCa: string;
  /** For the name and the address of a node. */
  certificateOf(node: SimulatedNode): Promise<KeyPair>;
}

/** What the server shows, as it is when it is asked. */
export interface Shown {
  node(name: string): SimulatedNode | undefined;
  nodeAt(index: number): SimulatedNode | undefined;
  podsOn(node: string): readonly PodLife[];
  pod(namespace: string, name: string): PodLife | undefined;
  /** The pod that has the container or sandbox of this id. */
  podOf(id: string): PodLife | undefined;
}

export interface ServerOptions {
  readonly context: ComponentContext;
  readonly dice: Dice;
  readonly credentials: Credentials;
  readonly places: Places;
  /** 0: any free one. */
  readonly port: number;
  readonly shown: Shown;
}

export function startServer(options: ServerOptions): Promise<KubeletServer> {
  const { context, credentials, places, port, shown } = options;
  const { fallback, clientCa } = credentials;
  const find: FindPod = async (namespace, name, uid) => {
    const life = shown.pod(namespace, name);
    if (life === undefined || (uid !== '' && uid !== life.pod.metadata.uid))
      throw new HttpError(404, 'pod does not exist');
    return life;
  };
  const logs = containerLogsRoute({
    clock: context.clock,
    find,
    read: (_, { id }, wanted, signal) => readLog(options, id, wanted, signal),
  });
  const streams = streamRoutes({
    find,
    async exec(id, request) {
      const { life, name } = containerOf(shown, id);
      const place = { clock: context.clock, pod: life.pod, container: name, rules: life.behaviour.exec };
      return runCommand(place, request);
    },
    attach: async (id, request) => attach(options, id, request),
    portForward: async (id, remotePort) => answerOn(remotePort, shown.podOf(id)?.pod.metadata.name ?? ''),
  });
  return startKubeletServer({
    credentials: { ...fallback, clientCa },
    certificateFor: certificateChooser(options),
    admits: ({ localAddress = '' }) => places.admits(localAddress),
    address: places.bindAddress,
    port,
    routes: [logs, ...nodeRoutes(options)],
    streams,
    log: context.log,
  });
}

/** The routes of one node, chosen when it is known which is meant. */
function nodeRoutes({ context, dice, places, shown }: ServerOptions): readonly Route[] {
  const routesOf = (node: SimulatedNode): readonly Route[] =>
    informationRoutes({
      nodeName: node.name,
      pods: () => shown.podsOn(node.name).map(({ pod }) => pod),
      containers: async () => shown.podsOn(node.name).flatMap(({ runs }) => runs),
      summary: async () => nodeSummary(node, shown.podsOn(node.name), { dice, nowMs: context.clock.now() }),
    });
  const nodeMeant = (req: IncomingMessage): SimulatedNode => {
    const socket = req.socket as TLSSocket & { readonly servername?: string | false | undefined };
    const index = places.indexOf(socket.localAddress ?? '');
    const { servername = '' } = socket;
    const node = index === undefined ? shown.node(servername === false ? '' : servername) : shown.nodeAt(index);
    if (node === undefined) throw new HttpError(404, 'no node of the simulation has this address or name');
    return node;
  };
  return [
    {
      pattern: /^(\/.*)$/,
      async serve(request, res) {
        const [path = ''] = request.parts;
        const route = routesOf(nodeMeant(request.req)).find(({ pattern }) => pattern.test(path));
        if (route === undefined) throw new HttpError(404, '404 page not found');
        await route.serve(request, res);
      },
    },
  ];
}

const mostContexts = 10_000;

/** A certificate for each node, made when a client first asks for the node by its name. */
function certificateChooser({ credentials, context, shown }: ServerOptions) {
  const contexts = new Map<string, Promise<SecureContext | undefined>>();
  const contextOf = async (node: SimulatedNode): Promise<SecureContext | undefined> => {
    try {
      const { certificate, key } = await credentials.certificateOf(node);
      return createSecureContext({ cert: certificate, key, ca: credentials.clientCa });
    } catch (error) {
      contexts.delete(node.name);
      context.log.warn('Cannot get a certificate for a node', { node: node.name, error: errorText(error) });
      return undefined;
    }
  };
  return callbackify(async (name: string): Promise<SecureContext | undefined> => {
    const node = shown.node(name);
    if (node === undefined) return undefined;
    if (contexts.size >= mostContexts) contexts.clear();
    const chosen = contexts.get(name) ?? contextOf(node);
    contexts.set(name, chosen);
    return await chosen;
  });
}

/** @throws RuntimeError */
function containerOf(shown: Shown, id: string) {
  const life = shown.podOf(id);
  const run = life?.runs.find((each) => each.id === id);
  if (life === undefined || run === undefined) throw new RuntimeError('NotFound', `container ${id} not found`);
  return { life, name: run.name, startedAtMs: run.startedAtMs };
}

function readLog(
  { context, shown }: ServerOptions,
  id: string,
  wanted: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const { life, name: container, startedAtMs } = containerOf(shown, id);
  const { namespace = '', name } = life.pod.metadata;
  const words = { pod: name, namespace, container, node: life.pod.spec.nodeName ?? '' };
  const endedAtMs = (): number => {
    const run = shown.podOf(id)?.runs.find((each) => each.id === id);
    if (run === undefined) return 0;
    return run.state === 'running' ? Infinity : run.finishedAtMs;
  };
  return readLogLines(context.clock, { rules: life.behaviour.logs, startedAtMs, endedAtMs, words }, wanted, signal);
}

/** Who attaches sees what is logged from now on. */
function attach(options: ServerOptions, id: string, request: StreamRequest): ProcessStreams {
  const pipes = simulatedPipes(request);
  const left = new AbortController();
  const now = options.context.clock.now();
  const wanted: LogOptions = {
    follow: true,
    tailLines: undefined,
    sinceMs: now,
    timestamps: false,
    limitBytes: undefined,
    stream: undefined,
  };
  const copy = async (): Promise<number> => {
    for await (const piece of readLog(options, id, wanted, left.signal)) pipes.print('stdout', piece.toString());
    return 0;
  };
  return pipes.join(copy(), () => left.abort());
}

/** Whatever is forwarded finds a web server. */
function answerOn(port: number, pod: string): Duplex {
  const server = createServer((_req, res) => res.end(`${pod} answers on port ${port}\n`));
  const [near, far] = duplexPair();
  server.emit('connection', far);
  return near;
}
