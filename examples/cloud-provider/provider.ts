/**
 * A cloud of one's own for `slipway cloud-controllers --cloud-provider external`: machines and addresses from an inventory file,
 * and no code of Slipway. docs/cloud-providers.md tells the interface; any language with an HTTP server will do.
 *
 *   node examples/cloud-provider/provider.ts /run/inventory.sock examples/cloud-provider/inventory.json
 *
 * Which address belongs to which Service is kept in memory, and learnt again from the Services' statuses after a restart. A real
 * provider would now tell a load balancer (HAProxy, a switch, an API) what `ensure` was given.
 */
import { readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';

interface Machine {
  readonly rack: string;
  readonly room: string;
  readonly ip: string;
  readonly type: string;
  readonly on: boolean;
}

interface Inventory {
  readonly machines: Readonly<Record<string, Machine>>;
  readonly addresses: readonly string[];
}

/** Of Kubernetes' objects what is needed here. */
interface Asked {
  readonly node?: { readonly metadata: { readonly name: string } };
  readonly service?: {
    readonly metadata: { readonly uid: string };
    readonly status: { readonly loadBalancer: { readonly ingress?: readonly { readonly ip?: string }[] } };
  };
}

const [socket = '/run/inventory.sock', file = 'inventory.json'] = process.argv.slice(2);
/** Uid of a Service → its address. */
const given = new Map<string, string>();

const answers: Readonly<Record<string, (asked: Asked) => Promise<unknown>>> = {
  '/v1/capabilities': async () => ({ name: 'inventory', instances: true, routes: false, loadBalancers: true }),

  '/v1/instances/find': async ({ node }) => {
    const name = node?.metadata.name ?? '';
    const machine = (await inventory()).machines[name];
    if (machine === undefined) return { instance: null };
    return {
      instance: {
        providerId: `inventory://${machine.room}/${name}`,
        instanceType: machine.type,
        zone: machine.rack,
        region: machine.room,
        addresses: [{ type: 'InternalIP', address: machine.ip }],
        isShutdown: !machine.on,
      },
    };
  },

  '/v1/load-balancers/find': async (asked) => {
    const address = addressOf(asked);
    return { status: address === undefined ? null : { ingress: [{ ip: address }] } };
  },

  '/v1/load-balancers/ensure': async (asked) => {
    const taken = new Set(given.values());
    const address = addressOf(asked) ?? (await inventory()).addresses.find((free) => !taken.has(free));
    if (address === undefined) throw new Error('all addresses of the inventory are taken');
    given.set(asked.service?.metadata.uid ?? '', address);
    return { status: { ingress: [{ ip: address }] } };
  },

  '/v1/load-balancers/update-nodes': async () => ({}),

  '/v1/load-balancers/remove': async ({ service }) => {
    given.delete(service?.metadata.uid ?? '');
    return {};
  },
};

async function inventory(): Promise<Inventory> {
  return JSON.parse(await readFile(file, 'utf8')) as Inventory;
}

function addressOf({ service }: Asked): string | undefined {
  const known = given.get(service?.metadata.uid ?? '');
  return known ?? service?.status.loadBalancer.ingress?.[0]?.ip;
}

async function read(request: IncomingMessage): Promise<Asked> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return JSON.parse(text) as Asked;
}

const server = createServer((request, response) => {
  const answer = answers[request.url ?? ''];
  const send = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  if (answer === undefined) return send(404, { message: `this provider has no ${request.url}` });
  read(request)
    .then(answer)
    .then(
      (value) => send(200, value),
      (error: unknown) => send(500, { message: (error as Error).message }),
    );
});
await rm(socket, { force: true });
server.listen(socket, () => process.stdout.write(`listens on ${socket}\n`));
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => server.close());
