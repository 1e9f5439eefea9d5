/** What a node asks for, and what the rules about nodes look things up in. */
import { ApiError } from '../../../api/api-error.ts';
import type { Pod } from '../../../api/groups/core.v1.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import { storageKey, type Served } from '../../registry/served.ts';
import type { Admitted } from '../admission.ts';

/** A write whose user is a node. */
export interface Asked extends Admitted {
  readonly nodeName: string;
}

export interface NodeWorld {
  readonly pods: Served;
  readonly nodes: Served;
  readonly claims: Served;
  readonly volumes: Served;
  readonly drivers: Served;
  readonly authorizer: Authorizer;
}

/** Answers why the write is refused; undefined when it is allowed. */
export type Rule = (request: Asked, world: NodeWorld) => string | undefined | Promise<string | undefined>;

export const allowed: Rule = () => undefined;

/** As texts name the node: `node "n1"`. */
export const nodeText = ({ nodeName }: Asked): string => `node ${JSON.stringify(nodeName)}`;

/** By the copy. @throws ApiError NotFound, which names the kind in the singular here. */
export function lookUp<T>(served: Served, namespace: string | undefined, name: string): T {
  const entry = served.cache.get(storageKey(served, namespace, name));
  if (entry !== undefined) return entry.object as unknown as T;
  const { group, singular: kind } = served.resource;
  const text = `${group === '' ? kind : `${kind}.${group}`} ${JSON.stringify(name)} not found`;
  throw new ApiError('NotFound', text, { name, group, kind });
}

/** @throws ApiError NotFound */
export const podOf = ({ namespace }: Asked, { pods }: NodeWorld, name: string): Pod => lookUp(pods, namespace, name);
