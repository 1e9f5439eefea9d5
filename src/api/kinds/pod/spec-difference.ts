import { PodSpec } from '../../groups/core.v1.ts';
import { goShape } from '../go-shape.ts';
import { lineDifference } from '../line-difference.ts';

/** What a refused change of a pod would have changed, as the original shows its own structs. */
export function specDifference(old: PodSpec, wanted: PodSpec): string {
  return lineDifference(shown(old), shown(wanted));
}

function shown(spec: PodSpec): string {
  return JSON.stringify(goShape(PodSpec, spec), null, 1);
}
