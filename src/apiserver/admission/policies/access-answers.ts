/**
 * What the authorizer answers to the expressions of one request. Expressions do not wait, authorizers may have to ask
 * somebody first: such a question is an error at first, and when its answer has come the expression is evaluated again.
 * Evaluation has no effects, so what is given is what would have come out had the authorizer answered at once.
 */
import type { AccessCheck, AccessDecision, CheckAccess } from '../../../cel/libraries/authorizers.ts';
import { errorText } from '../../../base/log.ts';
import type { AccessQuestion, Authorizer, Opinion } from '../../authorization/authorizer.ts';
import { selectorsOf } from '../../subresources/selector-reviews.ts';
import type { User } from '../../user.ts';
import type { Admitted } from '../admission.ts';

const answersOf = new WeakMap<Admitted, AccessAnswers>();

export class AccessAnswers {
  readonly #authorizer: Authorizer;
  readonly #user: User;
  readonly #answers = new Map<string, AccessDecision>();
  readonly #pending = new Map<string, Promise<Opinion>>();

  private constructor(authorizer: Authorizer, user: User) {
    this.#authorizer = authorizer;
    this.#user = user;
  }

  static of(request: Admitted, authorizer: Authorizer): AccessAnswers {
    let answers = answersOf.get(request);
    if (answers === undefined) answersOf.set(request, (answers = new AccessAnswers(authorizer, request.user)));
    return answers;
  }

  /** Each question is answered once in a request. */
  readonly ask: CheckAccess = (check) => {
    const key = JSON.stringify(check);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    if (this.#pending.has(key)) return unanswered;
    const opinion = this.#authorizer.decide(questionOf(check, this.#user));
    if (opinion instanceof Promise) {
      // Whoever waits hears of the failure; whoever does not must not end the process.
      opinion.catch(() => undefined);
      this.#pending.set(key, opinion);
      return unanswered;
    }
    const decision = decisionOf(opinion);
    this.#answers.set(key, decision);
    return decision;
  };

  get isWaiting(): boolean {
    return this.#pending.size > 0;
  }

  async arrived(): Promise<void> {
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [key, opinion] of pending) {
      this.#answers.set(
        key,
        await opinion.then(decisionOf, (error: unknown) => ({ allowed: false, reason: '', error: errorText(error) })),
      );
    }
  }
}

const unanswered: AccessDecision = { allowed: false, reason: '', error: 'the authorizer has not answered yet' };

/** What `evaluate` gives when all that its expressions ask the authorizer is answered; it may be called again and again. */
export async function evaluated<T>(request: Admitted, evaluate: () => T): Promise<T> {
  for (;;) {
    let outcome: { readonly value: T } | { readonly thrown: unknown };
    try {
      outcome = { value: evaluate() };
    } catch (thrown) {
      outcome = { thrown };
    }
    const answers = answersOf.get(request);
    if (answers?.isWaiting === true) await answers.arrived();
    else if ('value' in outcome) return outcome.value;
    else throw outcome.thrown;
  }
}

function decisionOf(opinion: Opinion): AccessDecision {
  const { allowed = false, reason = '', error } = opinion ?? {};
  return { allowed, reason, ...(error === undefined ? {} : { error }) };
}

function accountUser({ namespace, name }: { readonly namespace: string; readonly name: string }): User {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  return { name: `system:serviceaccount:${namespace}:${name}`, groups };
}

function questionOf({ verb, path = '', resource, serviceAccount }: AccessCheck, asking: User): AccessQuestion {
  const user = serviceAccount === undefined ? asking : accountUser(serviceAccount);
  if (resource === undefined) return { user, verb, path };
  const { resource: plural, fieldSelector, labelSelector, ...place } = resource;
  const selectors = selectorsOf({
    ...(fieldSelector === undefined ? {} : { fieldSelector: { rawSelector: fieldSelector } }),
    ...(labelSelector === undefined ? {} : { labelSelector: { rawSelector: labelSelector } }),
  });
  return { user, verb, path: '', resource: { ...place, version: '*', resource: plural, ...selectors } };
}
