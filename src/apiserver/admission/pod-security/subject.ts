/** What the pod security standards look at, and the words in which their checks speak. */
import type { Container, EphemeralContainer, PodSpec } from '../../../api/groups/core.v1.ts';

export interface Subject {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> | undefined } | undefined;
  readonly spec: PodSpec;
}

export type AnyContainer = Container | EphemeralContainer;

/** Why a pod does not meet a standard: a short reason, and who broke it how. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export type Check = (subject: Subject) => Violation | undefined;

/** All containers, in the order in which violations name them. */
export function containersOf({ initContainers, containers, ephemeralContainers }: PodSpec): readonly AnyContainer[] {
  return [...(initContainers ?? []), ...(containers ?? []), ...(ephemeralContainers ?? [])];
}

export const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many);

export const quoted = (names: Iterable<string>): string => [...names].map((name) => JSON.stringify(name)).join(', ');

export const sorted = (values: Iterable<string>): string[] => [...new Set(values)].toSorted();

/** `container "a"` or `containers "a", "b"`. */
export function named(containers: readonly { readonly name: string }[]): string {
  const names = quoted(containers.map(({ name }) => name));
  return `${plural(containers.length, 'container', 'containers')} ${names}`;
}

/** Who did it: `pod and container "a"`. */
export function setters(pod: boolean, containers: readonly { readonly name: string }[]): string {
  return [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [named(containers)] : [])].join(' and ');
}

export const isWindows = ({ os }: PodSpec): boolean => os?.name === 'windows';
