/** A custom resource for a test: one version, v1, of objects in namespaces. */
import type { JsonObject } from '../../api/schema.ts';
import type { TestServer } from './test-server.ts';

export interface Definition {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  /** What its version has besides. */
  readonly version?: JsonObject;
}

/** Resolves when the resource is served, with the path of its objects in the namespace "default". */
export async function define(server: TestServer, { group, plural, kind, version }: Definition): Promise<string> {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  await server.ok('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [{ name: 'v1', served: true, storage: true, schema, ...version }],
    },
  });
  const end = Date.now() + 5000;
  while ((await server.call('GET', `/apis/${group}/v1/${plural}`)).status !== 200) {
    if (Date.now() > end) throw new Error(`${plural}.${group} is not served after five seconds`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return `/apis/${group}/v1/namespaces/default/${plural}`;
}
