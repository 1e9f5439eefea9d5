/** The claims of a verified token become a user: by name and prefix, or by expressions; then the rules are checked. */
import type { User } from '../../user.ts';
import { TokenError } from '../authenticator.ts';
import type { CheckedJwt, JwtConfiguration } from './configuration.ts';
import type { ClaimProgram } from './programs.ts';

export type ClaimSet = Readonly<Record<string, unknown>>;

/** @throws TokenError when a claim is missing or a rule does not hold. */
export function userFromClaims({ configuration, programs }: CheckedJwt, claims: ClaimSet): User {
  const { claimMappings = {} } = configuration;
  const name =
    programs.username === undefined
      ? usernameClaim(claimMappings.username ?? {}, claims)
      : textOf(programs.username, claims, 'username');
  const groups =
    programs.groups === undefined
      ? groupsClaim(claimMappings.groups ?? {}, claims)
      : textsOf(programs.groups.evaluate(claims), 'group');
  const uid =
    programs.uid === undefined ? uidClaim(claimMappings.uid?.claim ?? '', claims) : textOf(programs.uid, claims, 'uid');
  const extra = programs.extra
    .map(({ key, program }) => [key, textsOf(program.evaluate(claims), 'extra')] as const)
    .filter(([, values]) => values.length > 0);
  const user = {
    name,
    groups,
    ...(uid === '' ? {} : { uid }),
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
  };
  checkRequired(configuration, claims);
  for (const { program, message } of programs.validations)
    checkRule(program, claims, message, 'claim validation expression');
  const info = { username: user.name, uid, groups, extra: Object.fromEntries(extra) };
  for (const { program, message } of programs.userValidations)
    checkRule(program, info, message, 'user info validation rule');
  return user;
}

type Mapping = NonNullable<NonNullable<JwtConfiguration['claimMappings']>['username']>;

function usernameClaim({ claim = '', prefix = '' }: Mapping, claims: ClaimSet): string {
  const name = claims[claim];
  if (typeof name !== 'string')
    throw new TokenError(`oidc: parse username claims ${JSON.stringify(claim)}: ${fault(name)}`);
  const verified = claims['email_verified'];
  if (claim === 'email' && verified !== undefined) {
    if (typeof verified !== 'boolean') throw new TokenError(`oidc: parse 'email_verified' claim: ${fault(verified)}`);
    if (!verified) throw new TokenError('oidc: email not verified');
  }
  return `${prefix}${name}`;
}

function groupsClaim({ claim = '', prefix = '' }: Mapping, claims: ClaimSet): readonly string[] {
  const said = claim === '' ? undefined : claims[claim];
  if (said === undefined || said === null) return [];
  const groups: readonly unknown[] = Array.isArray(said) ? said : [said];
  return groups.map((group) => {
    if (typeof group === 'string') return `${prefix}${group}`;
    throw new TokenError(`oidc: parse groups claim ${JSON.stringify(claim)}: ${fault(group)}`);
  });
}

function uidClaim(claim: string, claims: ClaimSet): string {
  if (claim === '') return '';
  const uid = claims[claim];
  if (typeof uid === 'string') return uid;
  throw new TokenError(`oidc: parse uid claim ${JSON.stringify(claim)}: ${fault(uid)}`);
}

const fault = (value: unknown): string =>
  value === undefined ? 'claim not present' : 'claim is not of the type string';

function checkRequired({ claimValidationRules = [] }: JwtConfiguration, claims: ClaimSet): void {
  for (const { claim = '', requiredValue = '' } of claimValidationRules) {
    if (claim === '') continue;
    const value = claims[claim];
    if (value === undefined) throw new TokenError(`oidc: required claim ${claim} not present in ID token`);
    if (typeof value !== 'string') throw new TokenError(`oidc: parse claim ${claim}: ${fault(value)}`);
    if (value !== requiredValue) {
      throw new TokenError(
        `oidc: required claim ${claim} value does not match. Got = ${value}, want = ${requiredValue}`,
      );
    }
  }
}

function textOf(program: ClaimProgram, claims: ClaimSet, what: string): string {
  const value = program.evaluate(claims);
  if (typeof value === 'string') return value;
  const why = `${what} claim expression must return a string`;
  throw new TokenError(`oidc: error evaluating ${what} claim expression: ${why}`);
}

/** Empty texts count as nothing. */
function textsOf(value: unknown, what: string): readonly string[] {
  if (value === null || value === undefined || value === '') return [];
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.filter((one) => one !== '');
  const why = 'expression must return a string or a list of strings';
  throw new TokenError(`oidc: error evaluating ${what} claim expression: ${why}`);
}

function checkRule(program: ClaimProgram, about: ClaimSet, message: string, what: string): void {
  const holds = program.evaluate(about);
  if (holds === true) return;
  const why =
    holds === false
      ? `validation expression '${program.text}' failed: ${message}`
      : 'validation expression must return a boolean';
  throw new TokenError(`oidc: error evaluating ${what}: ${why}`);
}
