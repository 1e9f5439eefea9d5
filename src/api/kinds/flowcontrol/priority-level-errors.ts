/** Shares and queues of a priority level, checked. */
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type {
  LimitedPriorityLevelConfiguration,
  PriorityLevelConfiguration,
  QueuingConfiguration,
} from '../../groups/flowcontrol.v1.ts';
import { sameValue } from '../../equality.ts';
import { PriorityLevelConfigurations } from '../../resources.ts';
import { goShape } from '../go-shape.ts';
import { within } from '../number-errors.ts';
import { flowStatusErrors } from './flow-schema-errors.ts';
import { isMandatory, mandatoryLevels } from './mandatory.ts';

const maxQueues = 10_000_000;
/** What one hash of a request can tell apart when its queues are dealt. */
const maxHashBits = 60;

export function priorityLevelErrors({ metadata, spec, status }: PriorityLevelConfiguration): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { type, limited, exempt } = spec;
  if ((metadata.name === 'exempt') !== (type === 'Exempt')) {
    errors.push(invalid('spec.type', type, "type must be 'Exempt' if and only if name is 'exempt'"));
  }
  if (type === 'Exempt') {
    if (limited != null) errors.push(forbidden('spec.limited', 'must be nil if the type is not Limited'));
    if (exempt == null) errors.push(requiredField('spec.exempt', 'must not be empty when type is Exempt'));
    else errors.push(...shareErrors(exempt, 'spec.exempt'), ...lendableErrors(exempt, 'spec.exempt'));
  } else if (type === 'Limited') {
    if (exempt != null) errors.push(forbidden('spec.exempt', 'must be nil if the type is Limited'));
    if (limited == null) errors.push(requiredField('spec.limited', 'must not be empty when type is Limited'));
    else errors.push(...limitedErrors(limited, 'spec.limited'));
  } else errors.push(notSupported('spec.type', type, ['Exempt', 'Limited']));
  return [...errors, ...fixedErrors(metadata.name, spec), ...flowStatusErrors(status ?? {})];
}

/** What is exempt may be given other shares. */
function fixedErrors(name: string | undefined, spec: PriorityLevelConfiguration['spec']): readonly FieldError[] {
  const type = PriorityLevelConfigurations.kind.fields['spec']?.type;
  if (type === undefined || !isMandatory(name)) return [];
  const fixed = mandatoryLevels[name];
  const judged = name === 'exempt' ? { ...spec, exempt: fixed.exempt } : spec;
  if (sameValue(type, judged, fixed)) return [];
  const but = name === 'exempt' ? " except the 'spec.exempt' field" : '';
  return [invalid('spec', goShape(type, spec), `spec of '${name}'${but} must equal the fixed value`)];
}

interface Shares {
  readonly nominalConcurrencyShares?: number | null | undefined;
  readonly lendablePercent?: number | null | undefined;
}

function shareErrors({ nominalConcurrencyShares: shares }: Shares, field: string): readonly FieldError[] {
  return shares != null && shares < 0
    ? [invalid(`${field}.nominalConcurrencyShares`, shares, 'must be a non-negative integer')]
    : [];
}

function lendableErrors({ lendablePercent }: Shares, field: string): readonly FieldError[] {
  return within(lendablePercent, 0, 100, `${field}.lendablePercent`);
}

function limitedErrors(limited: LimitedPriorityLevelConfiguration, field: string): readonly FieldError[] {
  const errors: FieldError[] = [...shareErrors(limited, field)];
  const { type = '', queuing } = limited.limitResponse ?? {};
  const at = `${field}.limitResponse`;
  if (type === 'Reject') {
    const detail = 'must be nil if limited.limitResponse.type is not Limited';
    if (queuing != null) errors.push(forbidden(`${at}.queuing`, detail));
  } else if (type === 'Queue') {
    const detail = 'must not be empty if limited.limitResponse.type is Limited';
    if (queuing == null) errors.push(requiredField(`${at}.queuing`, detail));
    else errors.push(...queuingErrors(queuing, `${at}.queuing`));
  } else errors.push(notSupported(`${at}.type`, type, ['Queue', 'Reject']));
  errors.push(...lendableErrors(limited, field));
  const { borrowingLimitPercent } = limited;
  if (borrowingLimitPercent != null && borrowingLimitPercent < 0) {
    const detail = 'if specified, must be a non-negative integer';
    errors.push(invalid(`${field}.borrowingLimitPercent`, borrowingLimitPercent, detail));
  }
  return errors;
}

function queuingErrors(queuing: QueuingConfiguration, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing;
  if (queueLengthLimit <= 0) errors.push(invalid(`${field}.queueLengthLimit`, queueLengthLimit, 'must be positive'));
  if (queues <= 0) errors.push(invalid(`${field}.queues`, queues, 'must be positive'));
  else if (queues > maxQueues) {
    errors.push(invalid(`${field}.queues`, queues, `must not be greater than ${maxQueues}`));
  }
  const bits = Math.ceil(Math.log2(queues) * handSize);
  if (handSize <= 0) errors.push(invalid(`${field}.handSize`, handSize, 'must be positive'));
  else if (handSize > queues) {
    errors.push(invalid(`${field}.handSize`, handSize, `should not be greater than queues (${queues})`));
  } else if (bits > maxHashBits) {
    const detail = `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${maxHashBits}`;
    errors.push(invalid(`${field}.handSize`, handSize, detail));
  }
  return errors;
}
