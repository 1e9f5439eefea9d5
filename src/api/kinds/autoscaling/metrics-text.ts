/** What an autoscaler looks at, as kubectl shows it: `cpu: 12%/80%, 3/10 + 1 more...`. */
import type { MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '../../groups/autoscaling.v2.ts';

const shownMetrics = 2;
/** A quantity that is not there, in Go's words. */
const absent = '<nil>';

interface Pair {
  readonly prefix?: string;
  readonly target: MetricTarget | undefined;
  readonly current: MetricValueStatus | undefined;
  /** Averages are marked as such. */
  readonly marked?: boolean;
}

export function metricsText(specs: readonly MetricSpec[], statuses: readonly MetricStatus[]): string {
  if (specs.length === 0) return '<none>';
  const texts = specs.map((spec, index) => metricText(spec, statuses[index]));
  const shown = texts.slice(0, shownMetrics).join(', ');
  return texts.length > shownMetrics ? `${shown} + ${texts.length - shownMetrics} more...` : shown;
}

function metricText(spec: MetricSpec, status: MetricStatus | undefined): string {
  switch (spec.type) {
    case 'External':
      return valueText({ target: spec.external?.target, current: status?.external?.current, marked: true });
    case 'Object':
      return valueText({ target: spec.object?.target, current: status?.object?.current, marked: true });
    case 'Pods':
      return `${quantityText(status?.pods?.current, 'averageValue')}/${spec.pods?.target.averageValue ?? absent}`;
    case 'Resource':
      return utilizationText({
        prefix: `${spec.resource?.name ?? ''}: `,
        target: spec.resource?.target,
        current: status?.resource?.current,
      });
    case 'ContainerResource':
      return utilizationText({
        prefix: `${spec.containerResource?.name ?? ''}: `,
        target: spec.containerResource?.target,
        current: status?.containerResource?.current,
      });
    default:
      return '<unknown type>';
  }
}

/** Of a metric that is reported, even when this form of it is not. */
function quantityText(current: MetricValueStatus | undefined, form: 'value' | 'averageValue'): string {
  return current === undefined ? '<unknown>' : (current[form] ?? absent);
}

function valueText({ target, current, marked = false }: Pair): string {
  if (target?.averageValue != null) {
    return `${current?.averageValue ?? '<unknown>'}/${target.averageValue}${marked ? ' (avg)' : ''}`;
  }
  return `${quantityText(current, 'value')}/${target?.value ?? absent}`;
}

function utilizationText({ prefix = '', target, current }: Pair): string {
  if (target?.averageValue != null) return `${prefix}${quantityText(current, 'averageValue')}/${target.averageValue}`;
  const now = current?.averageUtilization == null ? '<unknown>' : `${current.averageUtilization}%`;
  const wanted = target?.averageUtilization == null ? '<auto>' : `${target.averageUtilization}%`;
  return `${prefix}${now}/${wanted}`;
}
