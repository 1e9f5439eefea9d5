/** Exec, attach and port-forward: /exec/NAMESPACE/POD[/UID]/CONTAINER, /attach/…, /portForward/NAMESPACE/POD[/UID] */
import { joinProcess } from '../streaming/join-process.ts';
import { servePortForward } from '../streaming/port-forward.ts';
import { serveExec, streamRequestFromQuery } from '../streaming/remote-command.ts';
import type { ContainerService, SandboxService } from '../runtimes/runtime.ts';
import { HttpError } from './http-error.ts';
import type { StreamRoute } from './kubelet-server.ts';
import { runningContainer, type FindPod } from './pod-lookup.ts';

/** Who does what streams ask for: `id` names the container or sandbox. */
export interface StreamActions {
  readonly find: FindPod;
  readonly exec: ContainerService['exec'];
  readonly attach: ContainerService['attach'];
  readonly portForward: SandboxService['portForward'];
}

export function streamRoutes({ find, exec, attach, portForward }: StreamActions): readonly StreamRoute[] {
  return [
    {
      pattern: /^\/exec\/([^/]+)\/([^/]+)\/(?:([^/]+)\/)?([^/]+)$/,
      async serve({ req, parts, query }, socket, head) {
        const [namespace = '', name = '', uid = '', containerName = ''] = parts;
        const { id } = runningContainer(await find(namespace, name, uid), containerName);
        const streams = streamRequestFromQuery(query);
        const command = query.getAll('command');
        await serveExec(req, socket, head, {
          streams,
          handler: async (client) => joinProcess(client, await exec(id, { ...streams, command })),
        });
      },
    },
    {
      pattern: /^\/attach\/([^/]+)\/([^/]+)\/(?:([^/]+)\/)?([^/]+)$/,
      async serve({ req, parts, query }, socket, head) {
        const [namespace = '', name = '', uid = '', containerName = ''] = parts;
        const { id } = runningContainer(await find(namespace, name, uid), containerName);
        const streams = streamRequestFromQuery(query);
        await serveExec(req, socket, head, {
          streams,
          handler: async (client) => joinProcess(client, await attach(id, streams)),
        });
      },
    },
    {
      pattern: /^\/portForward\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/,
      async serve({ req, parts, query }, socket, head) {
        const [namespace = '', name = '', wantedUid = ''] = parts;
        const { pod, observed } = await find(namespace, name, wantedUid);
        const sandbox = observed.sandboxes.find(({ state }) => state === 'ready');
        if (sandbox === undefined) throw new HttpError(404, `pod not found ("${name}_${namespace}")`);
        await servePortForward(req, socket, head, {
          handler: (port) => portForward(sandbox.id, port),
          pod: `${namespace}/${name}`,
          uid: pod.metadata.uid,
          ports: query.getAll('port').map(Number),
        });
      },
    },
  ];
}
