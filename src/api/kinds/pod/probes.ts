/** Probes and the hooks of a container's life: each needs exactly one handler. */
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../../groups/core.v1.ts';
import { portNumOrNameErrors } from '../../name-rules.ts';
import { httpHeaderNameErrors, portErrors as portNumberErrors } from '../../names.ts';
import { nonNegative, positive } from '../number-errors.ts';

type Handler = Partial<Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'>> & Pick<LifecycleHandler, 'sleep'>;

export type ProbeKind = 'livenessProbe' | 'readinessProbe' | 'startupProbe';

export function probeErrors(probe: Probe | undefined, kind: ProbeKind, field: string): readonly FieldError[] {
  if (probe == null) return [];
  const errors: FieldError[] = [
    ...handlerErrors(probe, ['exec', 'httpGet', 'tcpSocket', 'grpc'], 0, field),
    ...nonNegative(probe.initialDelaySeconds, `${field}.initialDelaySeconds`),
    ...nonNegative(probe.timeoutSeconds, `${field}.timeoutSeconds`),
    ...nonNegative(probe.periodSeconds, `${field}.periodSeconds`),
    ...nonNegative(probe.successThreshold, `${field}.successThreshold`),
    ...nonNegative(probe.failureThreshold, `${field}.failureThreshold`),
  ];
  const grace = probe.terminationGracePeriodSeconds;
  errors.push(...positive(grace, `${field}.terminationGracePeriodSeconds`));
  if (kind === 'readinessProbe') {
    if (grace != null) {
      errors.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'));
    }
    return errors;
  }
  if (probe.successThreshold !== 1) {
    errors.push(invalid(`${field}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'));
  }
  return errors;
}

export function lifecycleErrors(
  lifecycle: Lifecycle | undefined,
  gracePeriodSeconds: number | undefined,
  field: string,
): readonly FieldError[] {
  if (lifecycle == null) return [];
  const kinds = ['exec', 'httpGet', 'tcpSocket', 'sleep'] as const;
  return (['postStart', 'preStop'] as const).flatMap((hook) => {
    const handler = lifecycle[hook];
    return handler == null ? [] : handlerErrors(handler, kinds, gracePeriodSeconds ?? 0, `${field}.${hook}`);
  });
}

function handlerErrors(
  handler: Handler,
  kinds: readonly (keyof Handler)[],
  gracePeriodSeconds: number,
  field: string,
): readonly FieldError[] {
  const given = kinds.filter((kind) => handler[kind] != null);
  if (given.length === 0) return [requiredField(field, 'must specify a handler type')];
  return given.flatMap((kind, index) =>
    index > 0
      ? [forbidden(`${field}.${kind}`, 'may not specify more than 1 handler type')]
      : actionErrors(handler, kind, gracePeriodSeconds, `${field}.${kind}`),
  );
}

function actionErrors(
  { exec, httpGet, tcpSocket, grpc, sleep }: Handler,
  kind: keyof Handler,
  gracePeriodSeconds: number,
  field: string,
): readonly FieldError[] {
  switch (kind) {
    case 'exec':
      return (exec?.command ?? []).length === 0 ? [requiredField(`${field}.command`)] : [];
    case 'httpGet':
      return httpGet == null ? [] : httpErrors(httpGet, field);
    case 'tcpSocket':
      return portErrors(tcpSocket?.port ?? 0, field);
    case 'grpc':
      return portNumberErrors(grpc?.port ?? 0).map((text) => invalid(`${field}.port`, grpc?.port ?? 0, text));
    case 'sleep': {
      const seconds = sleep?.seconds ?? 0;
      return seconds < 0 || seconds > gracePeriodSeconds
        ? [
            invalid(
              field,
              seconds,
              `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriodSeconds})`,
            ),
          ]
        : [];
    }
  }
}

function httpErrors(action: HTTPGetAction, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!action.path) errors.push(requiredField(`${field}.path`));
  errors.push(...portErrors(action.port ?? 0, field));
  if (!['HTTP', 'HTTPS'].includes(action.scheme ?? '')) {
    errors.push(notSupported(`${field}.scheme`, action.scheme ?? '', ['HTTP', 'HTTPS']));
  }
  for (const { name } of action.httpHeaders ?? []) {
    errors.push(...httpHeaderNameErrors(name).map((text) => invalid(`${field}.httpHeaders`, name, text)));
  }
  return errors;
}

function portErrors(port: number | string, field: string): readonly FieldError[] {
  return portNumOrNameErrors(port).map((text) => invalid(`${field}.port`, port, text));
}
