/**
 * Expressions in the configuration of authentication, compiled once: they see the claims of a token, or the user that was
 * made of them.
 */
import type { Json, JsonObject } from '../../../api/schema.ts';
import { compile, type Program } from '../../../cel/compile.ts';
import { environmentOf, type Environment } from '../../../cel/environment.ts';
import { Source } from '../../../cel/issue.ts';
import { jsonOf } from '../../../cel/json-of-value.ts';
import { valueOf } from '../../../cel/json-value.ts';
import { parse } from '../../../cel/parse.ts';
import {
  boolType,
  formatType,
  listType,
  mapType,
  objectType,
  readType,
  stringType,
  type Type,
} from '../../../cel/type.ts';
import { visitAll } from '../../../cel/visit.ts';
import { TokenError } from '../authenticator.ts';

export interface ClaimProgram {
  readonly text: string;
  /** The result as JSON. @throws TokenError when it cannot be evaluated. */
  evaluate(about: Readonly<Record<string, unknown>>): Json;
  /** The expression reads this claim by its name. */
  usesClaim(name: string): boolean;
}

interface Rule {
  readonly program: ClaimProgram;
  /** Told when the rule does not hold. */
  readonly message: string;
}

/** Undefined where the file names a claim, or nothing. */
export interface JwtPrograms {
  readonly username: ClaimProgram | undefined;
  readonly groups: ClaimProgram | undefined;
  readonly uid: ClaimProgram | undefined;
  readonly extra: readonly { readonly key: string; readonly program: ClaimProgram }[];
  readonly validations: readonly Rule[];
  readonly userValidations: readonly Rule[];
}

export type CompiledMapping =
  | { readonly ok: true; readonly program: ClaimProgram }
  | { readonly ok: false; readonly why: string };

const userFields: Readonly<Record<string, Type>> = {
  username: stringType,
  uid: stringType,
  groups: listType(stringType),
  extra: mapType(stringType, listType(stringType)),
};

const userType = objectType('kubernetes.UserInfo', {
  field: (name) => (Object.hasOwn(userFields, name) ? userFields[name] : undefined),
});

const environments: Readonly<Record<Subject, Environment>> = {
  claims: environmentOf({ claims: mapType(stringType, readType('dyn')) }),
  user: environmentOf({ user: userType }),
};

type Subject = 'claims' | 'user';

/** `wanted`: what the expression must evaluate to; default: anything. */
export function compileMapping(text: string, about: Subject, wanted?: 'bool'): CompiledMapping {
  const compiled = compile(text, environments[about]);
  if (!compiled.ok) return { ok: false, why: `compilation failed: ${compiled.text}` };
  const { program } = compiled;
  const { kind } = program.resultType;
  if (wanted === 'bool' && kind !== 'bool') return { ok: false, why: `must evaluate to ${formatType(boolType)}` };
  return {
    ok: true,
    program: {
      text,
      evaluate: (given) => evaluate(program, text, { [about]: valueOf(given as JsonObject) }),
      usesClaim: (name) => selectsClaim(text, name),
    },
  };
}

function evaluate(program: Program, text: string, activation: Parameters<Program['evaluate']>[0]): Json {
  const outcome = program.evaluate(activation);
  if (outcome.ok) return jsonOf(outcome.value);
  throw new TokenError(`oidc: expression '${text}' resulted in error: ${outcome.message}`);
}

/** `claims.NAME` or `claims.?NAME` stands somewhere in the expression. */
function selectsClaim(text: string, name: string): boolean {
  const parsed = parse(new Source(text));
  let found = false;
  if (!parsed.ok) return false;
  visitAll(parsed.expression, (part) => {
    if (part.kind === 'select') found ||= part.field === name && isClaims(part.operand);
    if (part.kind !== 'call' || part.name !== '_?._') return;
    const [operand, field] = part.args;
    found ||= field?.kind === 'literal' && field.value === name && isClaims(operand);
  });
  return found;
}

const isClaims = (operand: { readonly kind: string; readonly name?: string } | undefined): boolean =>
  operand?.kind === 'identifier' && operand.name === 'claims';
