/** The objects of a request and of its answer, as an audit event shows them: JSON in the version that was asked for. */
import { isApiError } from '../../api/api-error.ts';
import { withoutManagedFields } from '../../api/apply/managed-fields.ts';
import { applyDefaults } from '../../api/defaults.ts';
import type { Draft } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { servedObject, type Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { isObject } from '../verbs/body-kind.ts';
import { parseBody, readObject } from '../verbs/body.ts';

/** Undefined: there is none, or it cannot be read. */
export async function requestedObject(request: ApiRequest, served: Served | undefined): Promise<Json | undefined> {
  const { body, info } = request;
  if (body.type === 'none' || body.type === 'too-large' || served === undefined) return undefined;
  try {
    const wholeObject = ['', 'status', 'finalize', 'ephemeralcontainers', 'resize', 'approval'];
    const isWhole = wholeObject.includes(info.resource?.subresource ?? '');
    if (isWhole && (info.verb === 'create' || info.verb === 'update')) return await readWhole(request, served);
    const json = info.verb === 'patch' ? { ...request, contentType: patchEncoding(request) } : request;
    return (await parseBody(json)).value;
  } catch (error) {
    // What the server cannot read is refused, and the answer tells why.
    if (isApiError(error)) return undefined;
    throw error;
  }
}

/** As the server understands it: with defaults. */
async function readWhole(request: ApiRequest, served: Served): Promise<Json> {
  const { body } = request;
  const own = body.type === 'value' ? { type: 'value' as const, value: structuredClone(body.value) } : body;
  const options = { fieldValidation: 'Ignore' } as const;
  const draft = (await readObject(
    { ...request, body: own, warn: () => {} },
    served.type,
    options,
  )) as Draft<KubeObject>;
  applyDefaults(served.type, draft);
  served.descriptor.defaults?.(draft);
  return draft as unknown as Json;
}

const patchEncoding = ({ contentType }: ApiRequest): string =>
  contentType.includes('yaml') ? 'application/yaml' : 'application/json';

/** Undefined: the answer is no object. */
export function answeredObject(answer: Answer | undefined): Json | undefined {
  switch (answer?.type) {
    case 'entry':
      return servedObject(answer.served, answer.entry) as unknown as Json;
    case 'object':
      return answer.object;
    case 'list': {
      const { served, list } = answer;
      const { entries, ...metadata } = list;
      const items = entries.map((entry) => servedObject(served, entry) as unknown as Json);
      const { kind, apiVersion } = served.type;
      return { kind: `${kind}List`, apiVersion, metadata: metadata as JsonObject, items };
    }
    default:
      return undefined;
  }
}

/** The object, or a list's objects, without the fields that say who set what. */
export function shownWithoutManagers(value: Json): Json {
  if (!isObject(value)) return value;
  const lighter = withoutManagedFields(value);
  const { items } = value;
  return Array.isArray(items) ? { ...lighter, items: items.map(shownWithoutManagers) } : lighter;
}
