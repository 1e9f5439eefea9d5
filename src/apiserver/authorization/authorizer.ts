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
  /** Undefined = no opinion. A refusal is no more than a reason: the next one is asked all the same. */
  decide(question: AccessQuestion): Decision | undefined;
}

/** Asks each in turn until one allows it; otherwise the answer is a refusal with all that was said. */
export function anyOf(authorizers: readonly Authorizer[]): Authorizer {
  return {
    decide(question) {
      const reasons: string[] = [];
      for (const authorizer of authorizers) {
        const decision = authorizer.decide(question);
        if (decision?.allowed === true) return decision;
        if (decision !== undefined && decision.reason !== '') reasons.push(decision.reason);
      }
      return { allowed: false, reason: reasons.join('\n') };
    },
  };
}

/** Members of system:masters may do everything, whatever the roles say. */
export const masters: Authorizer = {
  decide: ({ user }) => (user.groups.includes('system:masters') ? { allowed: true, reason: '' } : undefined),
};
