/** Configuration files that are followed while the server runs: what they were and how their changes were taken. */
import { createHash } from 'node:crypto';

/** How a changed configuration was taken. */
export interface Reload {
  readonly succeeded: boolean;
  /** Of the file, as `sha256:…`. */
  readonly hash: string;
}

export interface FollowedConfiguration {
  /** Of the file at the start, as `sha256:…`. */
  readonly hash: string;
  whenReloaded(listener: (reload: Reload) => void): void;
}

export const configurationHash = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
