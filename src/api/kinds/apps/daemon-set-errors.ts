import { invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { DaemonSet, DaemonSetUpdateStrategy } from '../../groups/apps.v1.ts';
import { podTemplateErrors } from '../pod/template.ts';
import { nonNegative } from '../number-errors.ts';
import { countOrPercentErrors, isZeroShare, notAboveHundredPercent, percentNumber } from '../percent-errors.ts';
import { isEmptySelector, labelSelectorErrors, selectorMatches } from '../selector-errors.ts';
import { statusCountErrors } from './status-counts.ts';

export function daemonSetErrors({ spec }: DaemonSet): readonly FieldError[] {
  const errors: FieldError[] = [...labelSelectorErrors(spec.selector, 'spec.selector')];
  const labels = spec.template.metadata?.labels;
  if (spec.selector == null) errors.push(requiredField('spec.selector'));
  else if (!selectorMatches(spec.selector, labels ?? {})) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  if (spec.selector != null && isEmptySelector(spec.selector)) {
    errors.push(invalid('spec.selector', spec.selector, 'empty selector is invalid for daemonset'));
  }
  errors.push(...podTemplateErrors(spec.template, 'spec.template'));
  const { restartPolicy } = spec.template.spec;
  if (restartPolicy !== 'Always') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy ?? '', ['Always']));
  }
  if (spec.template.spec.activeDeadlineSeconds != null) {
    errors.push(
      invalid(
        'spec.template.spec.activeDeadlineSeconds',
        spec.template.spec.activeDeadlineSeconds,
        'activeDeadlineSeconds in DaemonSet is not Supported',
      ),
    );
  }
  return [
    ...errors,
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...strategyErrors(spec.updateStrategy ?? {}, 'spec.updateStrategy'),
    ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ];
}

function strategyErrors({ type, rollingUpdate }: DaemonSetUpdateStrategy, field: string): readonly FieldError[] {
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    const { maxUnavailable = null, maxSurge = null } = rollingUpdate ?? {};
    const inner = rollingUpdate == null ? null : { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge };
    return [notSupported(field, { Type: type ?? '', RollingUpdate: inner }, ['RollingUpdate', 'OnDelete'])];
  }
  const at = `${field}.rollingUpdate`;
  if (rollingUpdate == null) return [requiredField(at)];
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const errors: FieldError[] = [
    ...countOrPercentErrors(maxUnavailable, `${at}.maxUnavailable`),
    ...notAboveHundredPercent(maxUnavailable, `${at}.maxUnavailable`),
    ...countOrPercentErrors(maxSurge, `${at}.maxSurge`),
    ...notAboveHundredPercent(maxSurge, `${at}.maxSurge`),
  ];
  const hasUnavailable = isSome(maxUnavailable);
  const hasSurge = isSome(maxSurge);
  if (hasUnavailable && hasSurge) {
    errors.push(invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  }
  if (!hasUnavailable && !hasSurge)
    errors.push(requiredField(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  return errors;
}

/** More than none; a text that is no percentage counts as none. */
function isSome(value: number | string | undefined): boolean {
  if (value === undefined || isZeroShare(value)) return false;
  return typeof value === 'number' || percentNumber(value) !== undefined;
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
  ]);
  errors.push(...nonNegative(status.collisionCount, 'status.collisionCount'));
  const before = old.status.collisionCount ?? 0;
  if (before > 0 && (status.collisionCount ?? 0) < before) {
    errors.push(invalid('status.collisionCount', status.collisionCount ?? null, 'cannot be decremented'));
  }
  return errors;
}
