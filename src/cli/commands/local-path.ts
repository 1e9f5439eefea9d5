import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { isApiError } from '../../api/api-error.ts';
import { ensureStorageObjects } from '../../cluster/storage-objects.ts';
import { runLocalPath } from '../../local-path/provisioner.ts';
import type { Command } from '../command.ts';
import { componentFlags, runComponent } from '../run-component.ts';

export const command: Command = {
  description: [
    'Serves claims of the class "standard" with folders of this machine, in any Kubernetes cluster that it is a node of; one',
    'process for each node. Makes the class when it is missing and the user may make it. slipway up does all this by itself.',
  ].join('\n'),
  flags: {
    'hostname-override': { value: 'NAME', help: "The node's name (default this machine's)." },
    directory: { value: 'DIR', help: 'Where the folders are made (default /var/lib/slipway-volumes).' },
    ...componentFlags,
  },
  examples: {
    'slipway local-path --kubeconfig admin.conf': 'Serve claims of pods on this machine.',
  },
  async run(invocation) {
    const { flags } = invocation;
    const nodeName = flags.text('hostname-override') ?? hostname().toLowerCase();
    const folder = resolve(flags.text('directory') ?? '/var/lib/slipway-volumes');
    return await runComponent(invocation, {
      name: 'local-path',
      elected: false,
      async run(signal, context) {
        try {
          await ensureStorageObjects(context.client);
        } catch (error) {
          if (!isApiError(error, 'Forbidden')) throw error;
          context.log.warn(
            'Cannot make the storage class "standard": it is not allowed; classes that are there are served',
          );
        }
        await runLocalPath(signal, context, { folderOf: (name) => (name === nodeName ? folder : undefined) });
      },
    });
  },
};
