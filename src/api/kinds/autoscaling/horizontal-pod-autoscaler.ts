/** Autoscalers: version two as it is stored, and version one, which knows only the use of the processor. */
import type { Descriptor, Draft, TableColumns } from '../../descriptor.ts';
import type { HorizontalPodAutoscaler as HorizontalPodAutoscalerV1 } from '../../groups/autoscaling.v1.ts';
import type { HorizontalPodAutoscaler } from '../../groups/autoscaling.v2.ts';
import { HorizontalPodAutoscalers, HorizontalPodAutoscalersV1 } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { prepareWithStatus } from '../prepare.ts';
import { autoscalerErrors, autoscalerStatusErrors } from './autoscaler-errors.ts';
import { autoscalers, hasNotedMetrics, keepNotes } from './version-one.ts';
import { metricsText } from './metrics-text.ts';

export const horizontalPodAutoscalerDescriptor: Descriptor<HorizontalPodAutoscaler> = {
  resource: HorizontalPodAutoscalers,
  ...prepareWithStatus<HorizontalPodAutoscaler>(HorizontalPodAutoscalers, { withoutGeneration: true }),
  defaults,
  validateCreate: (scaler) => autoscalerErrors(scaler),
  validateUpdate: (scaler, old, { subresource }) =>
    subresource === 'status' ? autoscalerStatusErrors(scaler) : autoscalerErrors(scaler, old),
  table: table<HorizontalPodAutoscaler>([
    nameColumn,
    column('Reference', ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`),
    column('Targets', ({ spec, status }) => metricsText(spec.metrics ?? [], status.currentMetrics ?? [])),
    column('MinPods', ({ spec }) => (spec.minReplicas == null ? '<unset>' : String(spec.minReplicas))),
    column('MaxPods', ({ spec }) => spec.maxReplicas),
    column('Replicas', ({ status }) => status.currentReplicas ?? 0),
    ageColumn,
  ]),
};

const preparedV1 = prepareWithStatus<HorizontalPodAutoscalerV1>(HorizontalPodAutoscalersV1, {
  withoutGeneration: true,
});

export const horizontalPodAutoscalerV1Descriptor: Descriptor<HorizontalPodAutoscalerV1> = {
  resource: HorizontalPodAutoscalersV1,
  ...preparedV1,
  prepareForCreate(draft, context) {
    preparedV1.prepareForCreate(draft, context);
    keepNotes(draft.metadata, {}, 'status');
  },
  prepareForUpdate(draft, old, context) {
    preparedV1.prepareForUpdate(draft, old, context);
    keepNotes(draft.metadata, old.metadata, context.subresource === 'status' ? 'spec' : 'status');
  },
  defaults({ metadata, spec }) {
    spec.minReplicas ??= 1;
    if (!hasNotedMetrics(metadata)) spec.targetCPUUtilizationPercentage ??= 80;
  },
  validateCreate: (scaler) => autoscalerErrors(asVersionTwo(scaler)),
  validateUpdate: (scaler, old, { subresource }) =>
    subresource === 'status'
      ? autoscalerStatusErrors(asVersionTwo(scaler))
      : autoscalerErrors(asVersionTwo(scaler), asVersionTwo(old)),
  // Rows are made from the internal form, which knows all metrics.
  table: horizontalPodAutoscalerDescriptor.table as unknown as TableColumns<HorizontalPodAutoscalerV1>,
};

function defaults({ spec }: Draft<HorizontalPodAutoscaler>): void {
  spec.minReplicas ??= 1;
  if ((spec.metrics ?? []).length === 0) {
    spec.metrics = [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    ];
  }
  const { behavior } = spec;
  if (behavior == null) return;
  const slow = { type: 'Percent', value: 100, periodSeconds: 15 };
  const fast = { type: 'Pods', value: 4, periodSeconds: 15 };
  const up = (behavior.scaleUp ??= {});
  up.selectPolicy ??= 'Max';
  up.stabilizationWindowSeconds ??= 0;
  if ((up.policies ?? []).length === 0) up.policies = [fast, { ...slow }];
  const down = (behavior.scaleDown ??= {});
  down.selectPolicy ??= 'Max';
  if ((down.policies ?? []).length === 0) down.policies = [slow];
}

/** What version one says, annotations too, in the words of version two: errors name its fields. */
const asVersionTwo = (scaler: HorizontalPodAutoscalerV1): HorizontalPodAutoscaler =>
  autoscalers.toStored(scaler) as unknown as HorizontalPodAutoscaler;
