/**
 * What a body says it is, against what its address takes. Built-in kinds are found in a table of all that is known, so
 * that one from elsewhere is told in one of three ways; custom resources are whatever they say, and validated for it.
 */
import { ApiError } from '../../api/api-error.ts';
import { summarizeBody } from '../../api/codec/json.ts';
import { invalid, invalidError } from '../../api/field-error.ts';
import { isKnownKind, unknownKindText } from '../../api/known-kinds.ts';
import { splitApiVersion, type KindType } from '../../api/message.ts';
import { builtinResources } from '../../api/resources.ts';
import type { Json, JsonObject } from '../../api/schema.ts';

export interface SaidKind {
  /** '' = it does not say. */
  readonly apiVersion: string;
  readonly kind: string;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function saidKind(value: Json): SaidKind {
  const { apiVersion, kind } = isObject(value) ? value : {};
  return { apiVersion: typeof apiVersion === 'string' ? apiVersion : '', kind: typeof kind === 'string' ? kind : '' };
}

/** `bytes`: the body as sent; none where nobody sent one. @throws ApiError BadRequest; Invalid for custom resources. */
export function checkKind(value: Json, type: KindType, bytes: Uint8Array | undefined): void {
  const said = saidKind(value);
  if (said.apiVersion.split('/').length > 2) {
    throw unrecognizedError(type, `unexpected GroupVersion string: ${said.apiVersion}`, bytes);
  }
  if (type.lenient === true) return checkCustomKind(value, type, said, bytes);
  const { apiVersion, kind } = { apiVersion: said.apiVersion || type.apiVersion, kind: said.kind || type.kind };
  if (kind === type.kind && apiVersion === type.apiVersion) return;
  const problem = mismatch(type, { apiVersion, kind });
  if (problem === undefined) throw versionError(apiVersion, type);
  const { version } = splitApiVersion(apiVersion);
  throw new ApiError('BadRequest', `${kind} in version "${version}" cannot be handled as a ${type.kind}: ${problem}`);
}

/** Why a kind cannot be read as another; undefined: it is the same kind in another version. */
export function mismatch(type: KindType, { apiVersion, kind }: SaidKind): string | undefined {
  const { group, version } = splitApiVersion(apiVersion);
  const table = tableOf(type.group);
  if (tableOf(group) !== table || !isKnownKind(apiVersion, kind, servedKinds())) {
    return unknownKindText(apiVersion, kind, table);
  }
  if (kind === type.kind && homeOf(group, kind) === homeOf(type.group, kind)) return undefined;
  return `converting (${version}.${kind}) to (${familyOf(type)}.${type.kind}): unknown conversion`;
}

export function unrecognizedError(type: KindType, why: string, bytes: Uint8Array | undefined): ApiError {
  const what = `the object provided is unrecognized (must be of type ${type.kind})`;
  return new ApiError('BadRequest', `${what}: ${why} (${summarizeBody(bytes ?? new Uint8Array())})`);
}

/** Must say its kind and version itself. Where nobody sent bytes, it is taken for what the address says. */
function checkCustomKind(value: Json, type: KindType, said: SaidKind, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) return;
  if (said.kind === '') {
    const text = Buffer.from(bytes).toString('utf8');
    throw unrecognizedError(type, `Object 'Kind' is missing in '${text}'`, bytes);
  }
  if (said.apiVersion !== type.apiVersion) throw versionError(said.apiVersion, type);
  checkCustomType(value, type);
}

/** Custom resources may be of no other kind or version than their address is for. @throws ApiError Invalid */
export function checkCustomType(value: Json, type: KindType): void {
  const { apiVersion, kind } = saidKind(value);
  const errors = [
    ...(kind === type.kind ? [] : [invalid('kind', kind, `must be ${type.kind}`)]),
    ...(apiVersion === type.apiVersion ? [] : [invalid('apiVersion', apiVersion, `must be ${type.apiVersion}`)]),
  ];
  if (errors.length === 0) return;
  const metadata = isObject(value) && isObject(value['metadata']) ? value['metadata'] : {};
  const name = typeof metadata['name'] === 'string' ? metadata['name'] : '';
  throw invalidError(splitApiVersion(apiVersion).group, kind, name, errors);
}

export const versionText = (said: string, { apiVersion }: KindType): string =>
  `the API version in the data (${said}) does not match the expected API version (${apiVersion})`;

const versionError = (said: string, type: KindType): ApiError => new ApiError('BadRequest', versionText(said, type));

/** The Go package of the kind that stands behind all versions of this one. */
const familyOf = ({ group, kind }: KindType): string => (homeOf(group, kind).split('.')[0] ?? '') || 'core';

/** The group to which a kind of several groups belongs at heart: so one can be read as the other. */
function homeOf(group: string, kind: string): string {
  if (kind === 'Scale') return 'autoscaling';
  if (group === 'events.k8s.io') return '';
  if (group !== 'extensions') return group;
  return kind === 'Ingress' || kind === 'NetworkPolicy' ? 'networking.k8s.io' : 'apps';
}

/** Where Kubernetes' three servers in one keep their kinds: lines of source, which are part of its texts. */
function tableOf(group: string): string {
  if (group === 'apiextensions.k8s.io') return 'pkg/apiserver/apiserver.go:56';
  if (group === 'apiregistration.k8s.io') return 'pkg/apiserver/scheme/scheme.go:32';
  return 'pkg/api/legacyscheme/scheme.go:30';
}

let served: Map<string, Set<string>> | undefined;

function servedKinds(): ReadonlyMap<string, ReadonlySet<string>> {
  if (served !== undefined) return served;
  served = new Map();
  for (const { kind } of builtinResources) {
    const kinds = served.get(kind.apiVersion) ?? new Set();
    served.set(kind.apiVersion, kinds.add(kind.kind));
  }
  return served;
}
