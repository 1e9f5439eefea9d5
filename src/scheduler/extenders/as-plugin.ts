import { clusterChanges, type Plugin } from '../framework.ts';
import { podInfo } from '../pod-info.ts';
import type { Extender } from './extender.ts';

/** Upstream's name for whichever of them refused a pod. */
export const extenderName = 'Extender';

/**
 * An extender that binds goes before the plugins that do; when it fails and may be ignored, others bind. What it refused
 * any change may help.
 */
export function asPlugin({ bind, ignorable, isInterested }: Extender): Plugin {
  const plugin = { name: extenderName, isExtender: true, helpedBy: clusterChanges };
  if (bind === undefined) return plugin;
  return {
    ...plugin,
    async bind(context) {
      if (!isInterested(podInfo(context.pod))) return false;
      const binding = bind(context).then(() => true);
      return ignorable ? binding.catch(() => false) : binding;
    },
  };
}
