/** Admission of what is POSTed to a subresource: plugins see the body (a binding, an eviction), not the object behind it. */
import type { Draft } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { Api } from '../api.ts';
import type { Served } from '../registry/served.ts';
import type { ApiRequest } from '../request.ts';
import { targetOf } from '../verbs/target.ts';
import type { Admitted } from './admission.ts';
import { operationOptions, requester } from './admitted.ts';

/** `body` may be changed in place. */
export async function admitSubresource(
  api: Api,
  served: Served,
  request: ApiRequest,
  body: object,
  dryRun: boolean,
): Promise<void> {
  const { namespace, name = '', subresource } = targetOf(request);
  const admitted: Admitted = {
    operation: 'CREATE',
    served,
    namespace,
    name,
    subresource,
    object: body as Draft<KubeObject>,
    old: undefined,
    options: operationOptions('CreateOptions', request, dryRun),
    dryRun,
    ...requester(request),
  };
  await api.admission.mutate(admitted);
  await api.admission.validate(admitted);
}
