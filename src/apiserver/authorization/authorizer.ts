/** Authorization: may this user do this? Authorizers are asked in their order until one has an opinion. */
import type { FieldRequirement } from '../../api/field-selector.ts';
import type { LabelRequirements } from '../../api/label-selector.ts';
import type { PolicyRule } from '../../api/groups/rbac.v1.ts';
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
  /** What the request is limited to: a right may hold for the selected objects only (KEP 4601). */
  readonly fieldSelector?: readonly FieldRequirement[] | undefined;
  readonly labelSelector?: LabelRequirements | undefined;
}

export interface Decision {
  readonly allowed: boolean;
  /** Refused for good: nobody else is asked. Without it a refusal is no more than a reason. */
  readonly denied?: boolean;
  /** Why: shown in SubjectAccessReviews, and in the Forbidden message when refused. */
  readonly reason: string;
  /** The question could not be decided as it should have been: a refusal with it is a fault of the server. */
  readonly error?: string | undefined;
}

/** Undefined = no opinion. */
export type Opinion = Decision | undefined;

export interface Authorizer {
  /** Where a configuration gives it one. */
  readonly name?: string;
  /** Answers at once where it can, so that most requests wait for nothing. */
  decide(question: AccessQuestion): Opinion | Promise<Opinion>;
  /** What may be said of all that a user may do in a namespace; absent = it cannot be listed and is nothing. */
  rulesFor?(user: User, namespace: string): UserRules;
}

/** One that can also tell all that somebody may do. */
export type WholeAuthorizer = Required<Pick<Authorizer, 'decide' | 'rulesFor'>>;

export interface UserRules {
  readonly rules: readonly PolicyRule[];
  /** Why the rules are not all that the user may do. */
  readonly incomplete?: string;
}

/** Asks each in turn until one allows it or forbids it for good; otherwise it is a refusal with all that was said. */
export function anyOf(authorizers: readonly Authorizer[]): WholeAuthorizer {
  return {
    decide: (question) => decideFrom(authorizers, 0, question, []),
    rulesFor(user, namespace) {
      const parts = authorizers.flatMap((one) => one.rulesFor?.(user, namespace) ?? []);
      const texts = parts.flatMap(({ incomplete }) => incomplete ?? []);
      const rules = parts.flatMap((part) => part.rules);
      return texts.length === 0 ? { rules } : { rules, incomplete: aggregate(texts) };
    },
  };
}

function decideFrom(
  authorizers: readonly Authorizer[],
  from: number,
  question: AccessQuestion,
  said: Decision[],
): Decision | Promise<Decision> {
  for (let index = from; index < authorizers.length; index++) {
    const opinion = authorizers[index]?.decide(question);
    if (opinion instanceof Promise) {
      return opinion.then((decision) =>
        isFinal(decision)
          ? withErrors(decision, said)
          : decideFrom(authorizers, index + 1, question, keep(said, decision)),
      );
    }
    if (isFinal(opinion)) return withErrors(opinion, said);
    keep(said, opinion);
  }
  const reasons = said.map(({ reason }) => reason).filter((reason) => reason !== '');
  return withErrors({ allowed: false, reason: reasons.join('\n') }, said);
}

const isFinal = (opinion: Opinion): opinion is Decision => opinion?.allowed === true || opinion?.denied === true;

function keep(said: Decision[], opinion: Opinion): Decision[] {
  if (opinion !== undefined) said.push(opinion);
  return said;
}

function withErrors(decision: Decision, said: readonly Decision[]): Decision {
  const errors = [...said, decision].flatMap(({ error }) => error ?? []);
  return errors.length === 0 ? decision : { ...decision, error: aggregate(errors) };
}

/** Several faults as one text, each once. */
function aggregate(texts: readonly string[]): string {
  const all = [...new Set(texts)];
  return all.length === 1 ? (all[0] as string) : `[${all.join(', ')}]`;
}

/** Members of system:masters may do everything, whatever the roles say. */
export const masters: Authorizer = {
  decide: ({ user }) => (user.groups.includes('system:masters') ? { allowed: true, reason: '' } : undefined),
};

const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** For trying things out: everybody may do everything. */
export const alwaysAllow: Authorizer = {
  decide: () => ({ allowed: true, reason: '' }),
  rulesFor: () => ({ rules: everything }),
};

/** For tests of clients: nobody may do anything. */
export const alwaysDeny: Authorizer = {
  decide: () => ({ allowed: false, reason: 'Everything is forbidden.' }),
  rulesFor: () => ({ rules: [] }),
};
