/** Binds a pod by the API's binding subresource. */
import { Pods } from '../../../api/resources.ts';
import type { Plugin } from '../../framework.ts';

export const defaultBinder: Plugin = {
  name: 'DefaultBinder',
  helpedBy: [],
  async bind({ client, pod, nodeName }) {
    const { namespace, name, uid } = pod.metadata;
    await client.createSubresource(Pods, { namespace, name }, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace, name, uid },
      target: { kind: 'Node', name: nodeName },
    });
    return true;
  },
};
