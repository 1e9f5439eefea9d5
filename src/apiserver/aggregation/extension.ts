/**
 * A group and version of the API that another server answers: an APIService with a service, read. Those without one are
 * this server's own ("local") and are no extensions.
 */
import type { APIService, APIServiceCondition } from '../../api/groups/apiregistration.v1.ts';

export interface Extension {
  /** `VERSION.GROUP`, the name of the APIService. */
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly service: ServiceAddress;
  /** What the server's certificate is verified by: PEM, the machine's own authorities, or nothing at all. */
  readonly trust: { readonly ca: Buffer } | 'system' | 'anything';
  /** As the last check found. */
  readonly available: boolean;
}

export interface ServiceAddress {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/** Undefined for a local one. */
export function extensionOf({ metadata, spec, status }: APIService): Extension | undefined {
  if (spec.service == null) return undefined;
  const { namespace = '', name = '', port } = spec.service;
  return {
    name: metadata.name,
    group: spec.group ?? '',
    version: spec.version ?? '',
    service: { namespace, name, port: port ?? 443 },
    trust:
      spec.insecureSkipTLSVerify === true
        ? 'anything'
        : spec.caBundle
          ? { ca: Buffer.from(spec.caBundle, 'base64') }
          : 'system',
    available: availableCondition(status)?.status === 'True',
  };
}

export function availableCondition(status: APIService['status'] | undefined): APIServiceCondition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Available');
}

/** The path under which all of an extension's resources are. */
export function pathOf({ group, version }: Pick<Extension, 'group' | 'version'>): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}
