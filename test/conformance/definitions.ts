/** Custom resource definitions for the tests of this folder. */
import assert from 'node:assert/strict';
import type { Json, JsonObject } from '../../src/api/schema.ts';
import type { TestServer } from '../../src/apiserver/testing/test-server.ts';
import { eventually } from '../eventually.ts';

export const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export interface Version {
  readonly name: string;
  readonly served?: boolean;
  readonly storage?: boolean;
  readonly schema?: JsonObject;
  readonly selectableFields?: Json;
  readonly subresources?: Json;
}

export interface Definition {
  readonly group: string;
  readonly kind?: string;
  readonly versions: readonly Version[];
  readonly labels?: JsonObject;
  readonly conversion?: Json;
}

/** Any object, all of whose fields are kept. */
export const anything: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export function definitionOf({ group, kind = 'Foo', versions, labels = {}, conversion }: Definition): JsonObject {
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind },
      ...(conversion === undefined ? {} : { conversion }),
      versions: versions.map(({ schema = anything, ...rest }, index) => ({
        served: true,
        storage: index === 0,
        ...rest,
        schema: { openAPIV3Schema: schema },
      })),
    },
  } as JsonObject;
}

/** Creates the definition and waits until its first version is served; answers the path of that in "default". */
export async function define(server: TestServer, definition: Definition): Promise<string> {
  await server.ok('POST', definitionsPath, definitionOf(definition));
  const { group, kind = 'Foo', versions } = definition;
  const path = `/apis/${group}/${versions[0]?.name ?? ''}/namespaces/default/${kind.toLowerCase()}s`;
  await until(async () => (await server.call('GET', path)).status === 200, `${path} is served`);
  return path;
}

/** Asks again until the answer is yes, for some seconds. `what`: is then not so. */
export async function until(ask: () => Promise<boolean>, what: string): Promise<void> {
  await eventually(async () => assert.ok(await ask(), `not yet: ${what}`), { withinMs: 8000, everyMs: 10 });
}
