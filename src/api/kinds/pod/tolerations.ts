import { invalid, notSupported, type FieldError } from '../../field-error.ts';
import type { Toleration } from '../../groups/core.v1.ts';
import { labelValueErrors, qualifiedNameErrors } from '../../names.ts';

const operators = ['Equal', 'Exists'];
/** Known, but not open for use. */
const comparing = ['Lt', 'Gt'];
const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function tolerationsErrors(tolerations: readonly Toleration[], field: string): readonly FieldError[] {
  return tolerations.flatMap((toleration, index) => tolerationErrors(toleration, `${field}[${index}]`));
}

function tolerationErrors(toleration: Toleration, field: string): readonly FieldError[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  const errors: FieldError[] = [];
  if (key !== '') for (const text of qualifiedNameErrors(key)) errors.push(invalid(`${field}.key`, key, text));
  if (key === '' && operator !== 'Exists') {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalid(`${field}.operator`, operator, detail));
  }
  if (tolerationSeconds != null && effect !== 'NoExecute') {
    errors.push(invalid(`${field}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  }
  switch (operator) {
    case '':
    case 'Equal': {
      const texts = labelValueErrors(value);
      if (texts.length > 0) errors.push(invalid(`${field}.operator`, value, texts.join(';')));
      break;
    }
    case 'Exists':
      if (value !== '')
        errors.push(invalid(`${field}.operator`, value, "value must be empty when `operator` is 'Exists'"));
      break;
    default:
      errors.push(
        notSupported(
          `${field}.operator`,
          operator,
          comparing.includes(operator) ? [...operators, ...comparing] : operators,
        ),
      );
  }
  if (effect !== '' && !effects.includes(effect)) errors.push(notSupported(`${field}.effect`, effect, effects));
  return errors;
}
