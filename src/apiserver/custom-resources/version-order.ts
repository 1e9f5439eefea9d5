/**
 * The order of an API's versions: stable ones before betas before alphas, higher numbers first, other names last.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
 */
export function compareVersions(a: string, b: string): number {
  const left = rankOf(a);
  const right = rankOf(b);
  if (left === undefined || right === undefined) {
    if (left !== undefined) return -1;
    if (right !== undefined) return 1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return right.stability - left.stability || right.major - left.major || right.minor - left.minor;
}

interface Rank {
  readonly stability: number;
  readonly major: number;
  readonly minor: number;
}

function rankOf(version: string): Rank | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (match === null) return undefined;
  const [, major, word, minor] = match;
  const stability = word === undefined ? 2 : word === 'beta' ? 1 : 0;
  return { stability, major: Number(major), minor: Number(minor ?? 0) };
}
