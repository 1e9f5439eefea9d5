import { clusterChanges, type Plugin } from '../framework.ts';
import { podInfo } from '../pod-info.ts';
import type { Extender } from './extender.ts';

/** An extender that binds goes before the plugins that do. What it refused any change may help. */
export function asPlugin({ name, bind, isInterested }: Extender): Plugin {
  if (bind === undefined) return { name, helpedBy: clusterChanges };
  return {
    name,
    helpedBy: clusterChanges,
    async bind(context) {
      if (!isInterested(podInfo(context.pod))) return false;
      await bind(context);
      return true;
    },
  };
}
