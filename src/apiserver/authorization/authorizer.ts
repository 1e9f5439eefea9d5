/** Authorization: may this user do this? Authorizers are asked in their order until one has an opinion. */
import type { User } from '../user.ts';

export interface AccessQuestion {
  readonly user: User;
  readonly verb: string;
  /** Undefined for paths that are not resources. */
  readonly resource?: ResourceAccess;
  readonly path: string;
}

export interface ResourceAccess {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** Why: shown in SubjectAccessReviews, and in the Forbidden message when refused. */
  readonly reason: string;
}

export interface Authorizer {
  /** Undefined = no opinion. */
  decide(question: AccessQuestion): Decision | undefined;
}

/** Asks each in turn; nobody's opinion is a refusal. */
export function anyOf(authorizers: readonly Authorizer[]): Authorizer {
  return {
    decide(question) {
      for (const authorizer of authorizers) {
        const decision = authorizer.decide(question);
        if (decision !== undefined) return decision;
      }
      return undefined;
    },
  };
}

/** Members of system:masters may do everything, whatever the roles say. */
export const masters: Authorizer = {
  decide: ({ user }) => (user.groups.includes('system:masters') ? { allowed: true, reason: '' } : undefined),
};
