/** Which authorizer settled how many requests, under Kubernetes' name. */
import type { Registry } from '../../base/metrics.ts';
import type { Authorizer, Opinion } from '../authorization/authorizer.ts';

export interface NamedAuthorizer {
  /** Node, RBAC or Webhook. */
  readonly type: string;
  readonly name: string;
  readonly authorizer: Authorizer;
}

/** Makes an authorizer count what it settles. */
export type CountDecisions = (named: NamedAuthorizer) => Authorizer;

export function createDecisionMetrics(registry: Registry): CountDecisions {
  const decisions = registry.counter({
    name: 'apiserver_authorization_decisions_total',
    help: 'Requests that an authorizer allowed or refused for good',
    labels: ['type', 'name', 'decision'],
  });
  return ({ type, name, authorizer }) => {
    const allowed = decisions.of(type, name, 'allowed');
    const denied = decisions.of(type, name, 'denied');
    const counted = (opinion: Opinion): Opinion => {
      if (opinion?.allowed === true) allowed.value++;
      else if (opinion?.denied === true) denied.value++;
      return opinion;
    };
    const { rulesFor } = authorizer;
    return {
      ...(rulesFor === undefined ? {} : { rulesFor: rulesFor.bind(authorizer) }),
      decide(question) {
        const opinion = authorizer.decide(question);
        return opinion instanceof Promise ? opinion.then(counted) : counted(opinion);
      },
    };
  };
}
