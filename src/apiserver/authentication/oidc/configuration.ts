/**
 * The file of --authentication-config: issuers of tokens, how their claims become users, and what anonymous requests may do.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
 */
import { duplicate, forbidden, invalid, requiredField, tooMany, type FieldError } from '../../../api/field-error.ts';
import { domainPathErrors } from '../../../api/kinds/domain-path.ts';
import { checkHead, flagField, listOf, record, refuseFaults, textField } from '../../config-file.ts';
import type { AnonymousOptions } from '../anonymous.ts';
import { readCertificates } from '../certificate-pool.ts';
import { compileMapping, type ClaimProgram, type JwtPrograms } from './programs.ts';

const mapping = record({ claim: textField, prefix: textField, expression: textField });

const readJwt = record({
  issuer: record({
    url: textField,
    discoveryURL: textField,
    certificateAuthority: textField,
    audiences: listOf(textField),
    audienceMatchPolicy: textField,
    egressSelectorType: textField,
  }),
  claimValidationRules: listOf(
    record({ claim: textField, requiredValue: textField, expression: textField, message: textField }),
  ),
  claimMappings: record({
    username: mapping,
    groups: mapping,
    uid: record({ claim: textField, expression: textField }),
    extra: listOf(record({ key: textField, valueExpression: textField })),
  }),
  userValidationRules: listOf(record({ expression: textField, message: textField })),
});

/** One issuer, as the file has it. */
export type JwtConfiguration = ReturnType<typeof readJwt>;

const readFile = record({
  apiVersion: textField,
  kind: textField,
  jwt: listOf(readJwt),
  anonymous: record({ enabled: flagField, conditions: listOf(record({ path: textField })) }),
});

export interface AuthenticationConfiguration {
  readonly jwt: readonly CheckedJwt[];
  /** Undefined = the flags say it. */
  readonly anonymous: AnonymousOptions | undefined;
}

export interface CheckedJwt {
  readonly configuration: JwtConfiguration;
  readonly programs: JwtPrograms;
}

/** `value`: the parsed file. `ownIssuers`: of this server's own tokens. @throws ConfigError */
export function readAuthenticationConfiguration(
  value: unknown,
  ownIssuers: readonly string[],
): AuthenticationConfiguration {
  const file = readFile(value, '');
  checkHead(file, 'AuthenticationConfiguration', ['v1', 'v1beta1', 'v1alpha1']);
  const { jwt = [], anonymous } = file;
  const errors: FieldError[] = [];
  if (jwt.length > 64) errors.push(tooMany('jwt', jwt.length, 64));
  const checked = jwt.map((configuration, index) => checkJwt(configuration, `jwt[${index}]`, ownIssuers, errors));
  errors.push(...repeated(jwt, 'url'), ...repeated(jwt, 'discoveryURL'));
  const conditions = anonymous?.conditions ?? [];
  if (anonymous !== undefined && anonymous.enabled !== true && conditions.length > 0) {
    errors.push(
      invalid('anonymous.conditions', conditions, 'enabled should be set to true when conditions are defined'),
    );
  }
  refuseFaults(errors.map(({ field, message }) => `${field}: ${message}`));
  const paths = conditions.flatMap(({ path }) => path ?? []);
  return {
    jwt: checked,
    anonymous: anonymous === undefined ? undefined : { enabled: anonymous.enabled === true, paths },
  };
}

function repeated(jwt: readonly JwtConfiguration[], member: 'url' | 'discoveryURL'): FieldError[] {
  const values = jwt.map(({ issuer }) => issuer?.[member] ?? '');
  return values.flatMap((value, index) =>
    value !== '' && values.indexOf(value) < index ? [duplicate(`jwt[${index}].issuer.${member}`, value)] : [],
  );
}

/** Also for what flags say, with '' as its place. */
export function checkJwt(
  configuration: JwtConfiguration,
  path: string,
  ownIssuers: readonly string[],
  errors: FieldError[],
): CheckedJwt {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  errors.push(...issuerErrors(configuration.issuer ?? {}, at('issuer'), ownIssuers));
  const compile: Compile = (expression, field, about, wanted) => {
    const compiled = compileMapping(expression, about, wanted);
    if (compiled.ok) return compiled.program;
    errors.push(invalid(field, expression, compiled.why));
    return undefined;
  };
  const programs = {
    validations: checkRules(configuration, at('claimValidationRules'), errors, compile),
    ...checkMappings(configuration, at('claimMappings'), errors, compile),
    userValidations: checkUserRules(configuration, at('userValidationRules'), errors, compile),
  };
  return {
    configuration,
    programs: checkEmail(programs, configuration, at('claimMappings.username.expression'), errors),
  };
}

type Compile = (
  expression: string,
  field: string,
  about: 'claims' | 'user',
  wanted?: 'bool',
) => ClaimProgram | undefined;

function issuerErrors(
  issuer: NonNullable<JwtConfiguration['issuer']>,
  path: string,
  own: readonly string[],
): FieldError[] {
  const { url = '', discoveryURL = '', audiences = [], audienceMatchPolicy = '', certificateAuthority = '' } = issuer;
  const errors: FieldError[] = url === '' ? [requiredField(`${path}.url`)] : urlErrors(url, `${path}.url`, own);
  if (discoveryURL !== '') {
    const same = url !== '' && url.replace(/\/+$/, '') === discoveryURL.replace(/\/+$/, '');
    if (same) errors.push(invalid(`${path}.discoveryURL`, discoveryURL, 'discoveryURL must be different from URL'));
    errors.push(...urlErrors(discoveryURL, `${path}.discoveryURL`, []));
  }
  const field = `${path}.audiences`;
  if (audiences.length === 0) errors.push(requiredField(field, `at least one ${field} is required`));
  for (const [index, audience] of audiences.entries()) {
    if (audience === '') errors.push(requiredField(`${field}[${index}]`));
    if (audiences.indexOf(audience) < index) errors.push(duplicate(`${field}[${index}]`, audience));
  }
  const policy = `${path}.audienceMatchPolicy`;
  if (audiences.length > 1 && audienceMatchPolicy !== 'MatchAny') {
    errors.push(invalid(policy, audienceMatchPolicy, 'audienceMatchPolicy must be MatchAny for multiple audiences'));
  }
  if (audiences.length === 1 && !['', 'MatchAny'].includes(audienceMatchPolicy)) {
    errors.push(
      invalid(policy, audienceMatchPolicy, 'audienceMatchPolicy must be empty or MatchAny for single audience'),
    );
  }
  if (certificateAuthority !== '' && !readsCertificates(certificateAuthority)) {
    errors.push(
      invalid(`${path}.certificateAuthority`, '<omitted>', 'data does not contain any valid RSA or ECDSA certificates'),
    );
  }
  if (issuer.egressSelectorType !== undefined) {
    errors.push(forbidden(`${path}.egressSelectorType`, 'egress selectors are not supported'));
  }
  return errors;
}

function readsCertificates(pem: string): boolean {
  try {
    return readCertificates(pem).length > 0;
  } catch {
    return false;
  }
}

function urlErrors(url: string, field: string, disallowed: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  if (disallowed.includes(url)) {
    const list = `[${disallowed.toSorted().join(' ')}]`;
    errors.push(invalid(field, url, `URL must not overlap with disallowed issuers: ${list}`));
  }
  if (!URL.canParse(url)) return [...errors, invalid(field, url, 'URL scheme must be https')];
  const { protocol, username, password, search, hash } = new URL(url);
  if (protocol !== 'https:') errors.push(invalid(field, url, 'URL scheme must be https'));
  if (username !== '' || password !== '')
    errors.push(invalid(field, url, 'URL must not contain a username or password'));
  if (search !== '') errors.push(invalid(field, url, 'URL must not contain a query'));
  if (hash !== '') errors.push(invalid(field, url, 'URL must not contain a fragment'));
  return errors;
}

function checkRules(
  { claimValidationRules = [] }: JwtConfiguration,
  path: string,
  errors: FieldError[],
  compile: Compile,
) {
  const claims = new Set<string>();
  const expressions = new Set<string>();
  return claimValidationRules.flatMap(({ claim = '', requiredValue = '', expression = '', message = '' }, index) => {
    const field = `${path}[${index}]`;
    if (claim !== '' && expression !== '') errors.push(invalid(field, claim, "claim and expression can't both be set"));
    else if (claim === '' && expression === '') errors.push(requiredField(field, 'claim or expression is required'));
    else if (claim !== '') {
      if (message !== '') errors.push(invalid(`${field}.message`, message, 'may not be specified when claim is set'));
      if (claims.has(claim)) errors.push(duplicate(`${field}.claim`, claim));
      claims.add(claim);
    } else {
      if (requiredValue !== '') {
        errors.push(invalid(`${field}.requiredValue`, requiredValue, 'may not be specified when expression is set'));
      }
      if (expressions.has(expression)) errors.push(duplicate(`${field}.expression`, expression));
      expressions.add(expression);
      const program = compile(expression, `${field}.expression`, 'claims', 'bool');
      return program === undefined ? [] : [{ program, message }];
    }
    return [];
  });
}

function checkMappings({ claimMappings = {} }: JwtConfiguration, path: string, errors: FieldError[], compile: Compile) {
  const { username = {}, groups = {}, uid = {}, extra = [] } = claimMappings;
  const prefixed = (one: typeof username, field: string, needed: boolean): ClaimProgram | undefined => {
    const { claim = '', expression = '', prefix } = one;
    if (claim !== '' && expression !== '') errors.push(invalid(field, '', "claim and expression can't both be set"));
    else if (claim === '' && expression === '' && needed)
      errors.push(requiredField(field, 'claim or expression is required'));
    else if (expression !== '') {
      if (prefix !== undefined)
        errors.push(invalid(`${field}.prefix`, prefix, 'may not be specified when expression is set'));
      return compile(expression, `${field}.expression`, 'claims');
    } else if (claim !== '' && prefix === undefined) {
      const detail = 'prefix is required when claim is set. It can be set to an empty string to disable prefixing';
      errors.push(requiredField(`${field}.prefix`, detail));
    }
    return undefined;
  };
  const { claim: uidClaim = '', expression: uidExpression = '' } = uid;
  const both = uidClaim !== '' && uidExpression !== '';
  if (both) errors.push(invalid(`${path}.uid`, '', "claim and expression can't both be set"));
  const keys = new Set<string>();
  return {
    username: prefixed(username, `${path}.username`, true),
    groups: prefixed(groups, `${path}.groups`, false),
    uid: both || uidExpression === '' ? undefined : compile(uidExpression, `${path}.uid.expression`, 'claims'),
    extra: extra.flatMap(({ key = '', valueExpression = '' }, index) => {
      const field = `${path}.extra[${index}]`;
      errors.push(...extraKeyErrors(key, `${field}.key`));
      if (keys.has(key)) errors.push(duplicate(`${field}.key`, key));
      keys.add(key);
      if (valueExpression === '') errors.push(requiredField(`${field}.valueExpression`));
      const program =
        valueExpression === '' ? undefined : compile(valueExpression, `${field}.valueExpression`, 'claims');
      return program === undefined ? [] : [{ key, program }];
    }),
  };
}

function extraKeyErrors(key: string, field: string): FieldError[] {
  const errors = [...domainPathErrors(key, field)];
  if (key !== key.toLowerCase()) errors.push(invalid(field, key, 'must be lowercase'));
  const domain = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  if (/(^|\.)(kubernetes|k8s)\.io$/.test(domain)) {
    const detail = 'k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use';
    errors.push(invalid(field, key, detail));
  }
  return errors;
}

function checkUserRules(
  { userValidationRules = [] }: JwtConfiguration,
  path: string,
  errors: FieldError[],
  compile: Compile,
) {
  const seen = new Set<string>();
  return userValidationRules.flatMap(({ expression = '', message = '' }, index) => {
    const field = `${path}[${index}].expression`;
    if (expression === '') errors.push(requiredField(field));
    else if (seen.has(expression)) errors.push(duplicate(field, expression));
    seen.add(expression);
    const program = expression === '' ? undefined : compile(expression, field, 'user', 'bool');
    return program === undefined ? [] : [{ program, message }];
  });
}

/** Who takes the mail address as the name must look whether the issuer has verified it. */
function checkEmail(
  programs: JwtPrograms,
  { claimMappings }: JwtConfiguration,
  field: string,
  errors: FieldError[],
): JwtPrograms {
  const { username, extra, validations } = programs;
  const others = [username, ...extra.map(({ program }) => program), ...validations.map(({ program }) => program)];
  const verified = others.some((program) => program?.usesClaim('email_verified') === true);
  if (username?.usesClaim('email') === true && !verified) {
    errors.push(
      invalid(
        field,
        claimMappings?.username?.expression,
        'claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression',
      ),
    );
  }
  return programs;
}
