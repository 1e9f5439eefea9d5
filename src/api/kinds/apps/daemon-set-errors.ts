import { invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { DaemonSet, DaemonSetUpdateStrategy } from '../../groups/apps.v1.ts';
import { nonNegative } from '../number-errors.ts';
import { countOrPercentErrors, notAboveHundredPercent, shareOf } from '../percent-errors.ts';
import { isEmptySelector, labelSelectorErrors, selectorMatches } from '../selector-errors.ts';
import { collisionErrors, statusCountErrors } from './status-counts.ts';
import { lastingTemplateErrors, mismatchError } from './template-errors.ts';

export function daemonSetErrors({ spec }: DaemonSet): readonly FieldError[] {
  const { selector, template } = spec;
  const errors: FieldError[] = [...labelSelectorErrors(selector, 'spec.selector')];
  const labels = template.metadata?.labels ?? {};
  // That there is none at all is told by what it finds: nothing.
  const mismatch = selector == null || (errors.length === 0 && !selectorMatches(selector, labels));
  if (mismatch) errors.push(mismatchError(template));
  if (selector != null && isEmptySelector(selector)) {
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for daemonset'));
  }
  return [
    ...errors,
    ...lastingTemplateErrors(template, 'DaemonSet'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...strategyErrors(spec.updateStrategy ?? {}, 'spec.updateStrategy'),
    ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ];
}

function strategyErrors({ type, rollingUpdate }: DaemonSetUpdateStrategy, field: string): readonly FieldError[] {
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    const { maxUnavailable, maxSurge } = rollingUpdate ?? {};
    const inner = rollingUpdate == null ? null : { MaxUnavailable: maxUnavailable ?? 0, MaxSurge: maxSurge ?? 0 };
    return [notSupported(field, { Type: type ?? '', RollingUpdate: inner }, ['RollingUpdate', 'OnDelete'])];
  }
  const at = `${field}.rollingUpdate`;
  if (rollingUpdate == null) return [requiredField(at)];
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const errors: FieldError[] = [
    ...countOrPercentErrors(maxUnavailable, `${at}.maxUnavailable`),
    ...countOrPercentErrors(maxSurge, `${at}.maxSurge`),
    ...notAboveHundredPercent(maxUnavailable, `${at}.maxUnavailable`),
    ...notAboveHundredPercent(maxSurge, `${at}.maxSurge`),
  ];
  const hasUnavailable = shareOf(maxUnavailable) !== 0;
  const hasSurge = shareOf(maxSurge) !== 0;
  if (hasUnavailable && hasSurge) {
    errors.push(invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  }
  if (!hasUnavailable && !hasSurge)
    errors.push(requiredField(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  return errors;
}

export function daemonSetStatusErrors({ status }: DaemonSet, old: DaemonSet): readonly FieldError[] {
  const errors: FieldError[] = statusCountErrors(status, [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ]);
  return [...errors, ...collisionErrors(status, old.status)];
}
