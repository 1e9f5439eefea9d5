/** Autoscalers: version two as it is stored, and version one, which knows only the use of the processor. */
import type { Descriptor, Draft } from '../../descriptor.ts';
import type { HorizontalPodAutoscaler as HorizontalPodAutoscalerV1 } from '../../groups/autoscaling.v1.ts';
import type { HorizontalPodAutoscaler } from '../../groups/autoscaling.v2.ts';
import { HorizontalPodAutoscalers, HorizontalPodAutoscalersV1 } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { prepareWithStatus } from '../prepare.ts';
import { autoscalerErrors, autoscalerStatusErrors } from './autoscaler-errors.ts';
import { metricsText } from './metrics-text.ts';

export const horizontalPodAutoscalerDescriptor: Descriptor<HorizontalPodAutoscaler> = {
  resource: HorizontalPodAutoscalers,
  ...prepareWithStatus<HorizontalPodAutoscaler>(HorizontalPodAutoscalers, { withoutGeneration: true }),
  defaults,
  validateCreate: autoscalerErrors,
  validateUpdate: (scaler, _, { subresource }) =>
    subresource === 'status' ? autoscalerStatusErrors(scaler) : autoscalerErrors(scaler),
  table: table<HorizontalPodAutoscaler>([
    nameColumn,
    column('Reference', 'What is scaled', ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`),
    column('Targets', 'Each metric: now / wanted', ({ spec, status }) =>
      metricsText(spec.metrics ?? [], status.currentMetrics ?? []),
    ),
    column('MinPods', 'Never fewer', ({ spec }) => (spec.minReplicas == null ? '<unset>' : String(spec.minReplicas))),
    column('MaxPods', 'Never more', ({ spec }) => spec.maxReplicas),
    column('Replicas', 'Now', ({ status }) => status.currentReplicas ?? 0),
    ageColumn,
  ]),
};

export const horizontalPodAutoscalerV1Descriptor: Descriptor<HorizontalPodAutoscalerV1> = {
  resource: HorizontalPodAutoscalersV1,
  ...prepareWithStatus<HorizontalPodAutoscalerV1>(HorizontalPodAutoscalersV1, { withoutGeneration: true }),
  defaults({ spec }) {
    spec.minReplicas ??= 1;
    spec.targetCPUUtilizationPercentage ??= 80;
  },
  validateCreate: (scaler) => autoscalerErrors(asVersionTwo(scaler)),
  validateUpdate: (scaler, _, { subresource }) =>
    subresource === 'status' ? autoscalerStatusErrors(asVersionTwo(scaler)) : autoscalerErrors(asVersionTwo(scaler)),
  table: table<HorizontalPodAutoscalerV1>([
    nameColumn,
    column('Reference', 'What is scaled', ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`),
    column('Targets', 'Use of the processor: now / wanted', ({ spec, status }) => {
      const wanted = spec.targetCPUUtilizationPercentage;
      if (wanted == null) return '<none>';
      const now = status.currentCPUUtilizationPercentage;
      return `cpu: ${now == null ? '<unknown>' : `${now}%`}/${wanted}%`;
    }),
    column('MinPods', 'Never fewer', ({ spec }) => (spec.minReplicas == null ? '<unset>' : String(spec.minReplicas))),
    column('MaxPods', 'Never more', ({ spec }) => spec.maxReplicas),
    column('Replicas', 'Now', ({ status }) => status.currentReplicas ?? 0),
    ageColumn,
  ]),
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

/** What version one says, in the words of version two: errors name its fields. */
function asVersionTwo({ spec, status, ...rest }: HorizontalPodAutoscalerV1): HorizontalPodAutoscaler {
  const { targetCPUUtilizationPercentage: percentage, ...shared } = spec;
  const { currentReplicas, desiredReplicas } = status;
  const target = { type: 'Utilization', averageUtilization: percentage ?? null };
  const metrics = percentage == null ? {} : { metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] };
  return {
    ...rest,
    spec: { ...shared, ...metrics },
    status: { currentReplicas, desiredReplicas, currentMetrics: null },
  } as HorizontalPodAutoscaler;
}
