/** What admission is told of a request, whatever the operation. */
import type { JsonObject } from '../../api/schema.ts';
import type { ApiRequest } from '../request.ts';
import type { Admitted } from './admission.ts';

/** Who asks, and where to put what plugins have to say. */
export function requester(request: ApiRequest): Pick<Admitted, 'user' | 'warn' | 'auditAnnotations'> {
  const { user, warn, auditAnnotations } = request;
  return { user, warn, auditAnnotations };
}

/** The options of a write as its client gave them; those of a patch are those of the create or update that it becomes. */
export function operationOptions(
  kind: 'CreateOptions' | 'UpdateOptions',
  { query }: ApiRequest,
  dryRun: boolean,
): JsonObject {
  const fieldManager = query.get('fieldManager') ?? '';
  const fieldValidation = query.get('fieldValidation') ?? '';
  return {
    kind,
    apiVersion: 'meta.k8s.io/v1',
    ...(dryRun ? { dryRun: ['All'] } : {}),
    ...(fieldManager === '' ? {} : { fieldManager }),
    ...(fieldValidation === '' ? {} : { fieldValidation }),
  };
}
