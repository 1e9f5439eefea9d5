/**
 * Whether the rules of a CustomResourceDefinition can be run: they compile, and do not cost too much even for the largest
 * objects that its schema allows; and whether its defaults are allowed. Said where schemas are otherwise well formed.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#resource-use-by-validation-functions
 */
import type { Descriptor } from '../../api/descriptor.ts';
import { samePlain } from '../../api/equality.ts';
import { forbidden, invalid, type FieldError } from '../../api/field-error.ts';
import type { CustomResourceDefinition, JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import { CustomResourceDefinitions } from '../../api/resources.ts';
import { ruleShape } from '../../api/kinds/extensions/definition-shape.ts';
import { isStructural } from '../../api/kinds/extensions/structural-errors.ts';
import { defaultErrors } from './default-errors.ts';
import { maxRequestBytes } from './rule-types.ts';
import { rulesOf, type CompiledRule } from './rules.ts';

const maxRuleCost = 10_000_000;
const maxTotalCost = 100_000_000;
const mostExpensiveShown = 4;

/** The descriptor of definitions with their rules checked, too; other descriptors as they are. */
export function withRuleChecks(descriptor: Descriptor<never>): Descriptor<never> {
  if (descriptor.resource !== CustomResourceDefinitions) return descriptor;
  const checked: Descriptor<CustomResourceDefinition> = descriptor as unknown as Descriptor<CustomResourceDefinition>;
  const { validateCreate, validateUpdate } = checked;
  const added = {
    ...checked,
    validateCreate: (definition, context) =>
      withRuleErrors(definition, undefined, validateCreate?.(definition, context) ?? []),
    validateUpdate: (definition, old, context) => {
      const errors = validateUpdate?.(definition, old, context) ?? [];
      return context.subresource === 'status' ? errors : withRuleErrors(definition, old, errors);
    },
  } satisfies Descriptor<CustomResourceDefinition>;
  return added as unknown as Descriptor<never>;
}

/** Errors of rules stand behind those of the schema. */
function withRuleErrors(
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
  errors: readonly FieldError[],
): readonly FieldError[] {
  const wrong = errors.map(({ field }) => field).filter((field) => field.includes('openAPIV3Schema'));
  const found = definitionRuleErrors(definition, old, wrong);
  const behind = errors.findIndex(({ field }) =>
    /^(?:spec\.(?:subresources|additionalPrinterColumns|selectableFields|conversion)|status|metadata\.annotations)/.test(
      field,
    ),
  );
  return behind < 0 ? [...errors, ...found] : [...errors.slice(0, behind), ...found, ...errors.slice(behind)];
}

/** `wrong`: the fields of schemas with which something else is wrong. Rules at them, and around them, are not judged. */
function definitionRuleErrors(
  { spec }: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
  wrong: readonly string[],
): readonly FieldError[] {
  const versions = spec.versions ?? [];
  const schemas = versions.map(({ schema }) => schema?.openAPIV3Schema);
  const before = (old?.spec.versions ?? []).map(({ schema }) => schema?.openAPIV3Schema);
  // What is stored already stays, whatever later versions of the server think of it.
  const isKnown = (schema: JSONSchemaProps): boolean => before.some((each) => samePlain(each, schema));
  const isShared = schemas.every((schema) => samePlain(schema, schemas[0]));
  return schemas.flatMap((schema, i) => {
    if (schema === undefined || isKnown(schema) || (isShared && i > 0)) return [];
    if (wrong.length > 0 && !isStructural(schema)) return [];
    const field = isShared ? 'spec.validation' : `spec.versions[${i}].schema`;
    const where = `${field}.openAPIV3Schema`;
    const ofDefaults = defaultErrors(schema, where);
    return ofDefaults.length > 0 ? ofDefaults : schemaRuleErrors(schema, where, wrong);
  });
}

interface Scope {
  readonly field: string;
  /** How many such values an object may hold; undefined: nothing limits it. */
  readonly count: number | undefined;
  readonly isRoot: boolean;
  /** The schema around within which old values cannot be told apart; undefined: none. */
  readonly uncorrelatable: string | undefined;
}

interface Totals {
  cost: number;
  /** Fields with which something else is wrong. */
  readonly wrong: readonly string[];
  readonly expensive: { readonly field: string; readonly cost: number }[];
}

function schemaRuleErrors(schema: JSONSchemaProps, field: string, wrong: readonly string[]): readonly FieldError[] {
  const totals: Totals = { cost: 0, wrong, expensive: [] };
  const errors = placeErrors(schema, { field, count: 1, isRoot: true, uncorrelatable: undefined }, totals);
  if (totals.cost <= maxTotalCost) return errors;
  const shown = totals.expensive.toSorted((a, b) => b.cost - a.cost).slice(0, mostExpensiveShown);
  const contributed = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
  const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
  return [
    ...errors,
    ...shown.map((each) => forbidden(each.field, contributed)),
    forbidden(field, costText(what, totals.cost, maxTotalCost)),
  ];
}

function placeErrors(schema: JSONSchemaProps, scope: Scope, totals: Totals): readonly FieldError[] {
  const inside = innerScopes(schema, scope).flatMap(([each, inner]) => placeErrors(each, inner, totals));
  return [...inside, ...ownErrors(schema, scope, totals)];
}

function innerScopes(schema: JSONSchemaProps, scope: Scope): readonly (readonly [JSONSchemaProps, Scope])[] {
  const { properties = {}, additionalProperties } = schema;
  const items = schema.items as JSONSchemaProps | undefined;
  const { field } = scope;
  const times = (limit: number | undefined): number | undefined =>
    scope.count === undefined || limit === undefined ? undefined : scope.count * Math.max(limit, 0);
  const keyed = schema['x-kubernetes-list-type'] === 'map';
  const inner = (more: Pick<Scope, 'field' | 'count'>, correlatable: boolean, each: JSONSchemaProps): Scope => ({
    ...more,
    isRoot: each['x-kubernetes-embedded-resource'] === true,
    uncorrelatable: scope.uncorrelatable ?? (correlatable ? undefined : field),
  });
  const values = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return [
    ...(values === undefined
      ? []
      : [
          [
            values,
            inner({ field: `${field}.additionalProperties`, count: times(schema.maxProperties) }, true, values),
          ] as const,
        ]),
    ...Object.entries(properties)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => {
        const place = { field: `${field}.properties[${name}]`, count: times(1) };
        return [each, inner(place, true, each)] as const;
      }),
    ...(items === undefined
      ? []
      : [[items, inner({ field: `${field}.items`, count: times(schema.maxItems) }, keyed, items)] as const]),
  ];
}

function ownErrors(schema: JSONSchemaProps, scope: Scope, totals: Totals): readonly FieldError[] {
  if ((schema['x-kubernetes-validations'] ?? []).length === 0) return [];
  const { field } = scope;
  if (totals.wrong.some((each) => each.startsWith(`${field}.`))) return [];
  const where = `${field}.x-kubernetes-validations`;
  const { type, compiled } = rulesOf(schema, schema, scope.isRoot);
  if (type === undefined) {
    const why =
      'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations';
    return [{ type: 'InternalError', field: where, message: `Internal error: ${why}` }];
  }
  const count = scope.count ?? Math.floor(maxRequestBytes / (type.minBytes + 1));
  return compiled.flatMap((each, i) => ruleErrorsAt(each, `${where}[${i}]`, { scope, count, totals }));
}

function ruleErrorsAt(
  { rule, program, problem, message, messageProblem, usesOldSelf }: CompiledRule,
  field: string,
  { scope, count, totals }: { readonly scope: Scope; readonly count: number; readonly totals: Totals },
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const observe = (what: string, part: string, cost: number): void => {
    if (cost > maxRuleCost) errors.push(forbidden(`${field}.${part}`, costText(what, cost, maxRuleCost)));
    totals.cost += cost;
    if (cost >= maxTotalCost / 100) totals.expensive.push({ field: `${field}.${part}`, cost });
  };
  if (program !== undefined) observe('estimated rule cost', 'rule', program.estimate().max * count);
  if (problem !== undefined) errors.push(invalid(`${field}.rule`, ruleShape(rule), problem));
  if (messageProblem !== undefined) {
    errors.push(invalid(`${field}.messageExpression`, ruleShape(rule), messageProblem));
  } else if (message !== undefined) {
    observe('estimated messageExpression cost', 'messageExpression', message.estimate().max);
  }
  if (usesOldSelf && scope.uncorrelatable !== undefined) {
    const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${scope.uncorrelatable}`;
    errors.push(invalid(`${field}.rule`, rule.rule, why));
  } else if (!usesOldSelf && rule.optionalOldSelf !== undefined) {
    const why = 'may not be set if oldSelf is not used in rule';
    errors.push(invalid(`${field}.optionalOldSelf`, rule.optionalOldSelf, why));
  }
  return errors;
}

function costText(what: string, cost: number, limit: number): string {
  const exceeds = cost / limit;
  const factor = exceeds > 100 ? 'more than 100x' : `${exceeds.toFixed(exceeds < 1.5 ? 6 : 1)}x`;
  const advice =
    'try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared';
  return `${what} exceeds budget by factor of ${factor} (${advice})`;
}
