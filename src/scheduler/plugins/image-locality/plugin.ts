/**
 * Prefers nodes that have the pod's images already: by their size, and less so when few nodes have them, lest all pods of
 * a new image end on the first node that pulled it.
 */
import type { Pod } from '../../../api/groups/core.v1.ts';
import { maxScore, type Plugin } from '../../framework.ts';

const mebibyte = 1024 * 1024;
/** Images below this together do not count. */
const least = 23 * mebibyte;
/** Images above this for each container count no more. */
const mostPerContainer = 1000 * mebibyte;

export const imageLocality: Plugin = {
  name: 'ImageLocality',
  helpedBy: [],
  preScore({ pod }, table) {
    const names = imagesOf(pod);
    const nodeCount = table.live.length;
    const spreads = names.flatMap((name) => table.images.get(name) ?? []);
    if (spreads.length === 0) return undefined;
    const most = mostPerContainer * names.length;
    return {
      score(row) {
        let sum = 0;
        for (const { sizeBytes, rows } of spreads) {
          if (rows.has(row)) sum += Math.trunc(sizeBytes * (rows.size / nodeCount));
        }
        const counted = Math.min(Math.max(sum, least), most);
        return Math.trunc((maxScore * (counted - least)) / (most - least));
      },
    };
  },
};

function imagesOf({ spec }: Pod): readonly string[] {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const volumes = (spec.volumes ?? []).flatMap((volume) => volume.image?.reference ?? []);
  return [...containers.flatMap((container) => container.image ?? []), ...volumes].map(withTag);
}

/** Nodes report images with their tag. */
function withTag(image: string): string {
  return image.lastIndexOf(':') > image.lastIndexOf('/') ? image : `${image}:latest`;
}
