import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printFixedOpenApiV3, printOpenApiV2, printOpenApiV3 } from '../openapi.ts';
import { builtinResources as all } from '../resources.ts';
import { fixedPaths, type FixedPath } from './fixed-paths.ts';

interface SchemaShown {
  readonly description?: string;
  readonly properties?: Record<string, object>;
  readonly required?: string[];
}

interface Document {
  readonly paths: Record<string, Record<string, { operationId?: string; 'x-kubernetes-action'?: string }>>;
  readonly components: {
    readonly schemas: Record<string, SchemaShown>;
  };
}

const apps = printOpenApiV3(all, 'apps', 'v1') as unknown as Document;

test('printOpenApiV3() carries what clients merge and validate by', () => {
  const { schemas } = apps.components;
  assert.deepEqual(withoutDescription(schemas['io.k8s.api.core.v1.PodSpec']?.properties?.['containers']), {
    type: 'array',
    items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-patch-strategy': 'merge',
  });
  assert.deepEqual(schemas['io.k8s.api.apps.v1.DeploymentSpec']?.required, ['selector', 'template']);
  assert.deepEqual(withoutDescription(schemas['io.k8s.api.apps.v1.DeploymentSpec']?.properties?.['strategy']), {
    allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy' }],
    default: {},
    'x-kubernetes-patch-strategy': 'retainKeys',
  });
});

test('printOpenApiV3() says what types and fields are for', () => {
  const { schemas } = apps.components;
  assert.match(schemas['io.k8s.api.apps.v1.Deployment']?.description ?? '', /equal pods/);
  assert.deepEqual(schemas['io.k8s.api.apps.v1.DeploymentSpec']?.properties?.['replicas'], {
    description: 'How many pods. Default 1; leave it out where an autoscaler decides.',
    type: 'integer',
    format: 'int32',
  });
});

test('printOpenApiV2() says the same', () => {
  const { definitions } = printOpenApiV2(all) as unknown as {
    definitions: Record<string, { properties: Record<string, object> }>;
  };
  assert.deepEqual(definitions['io.k8s.api.core.v1.Pod']?.properties['kind'], {
    description: 'What the object is, in CamelCase, such as Pod.',
    type: 'string',
  });
  assert.deepEqual(definitions['io.k8s.api.core.v1.PodSpec']?.properties['affinity'], {
    $ref: '#/definitions/io.k8s.api.core.v1.Affinity',
    description: 'Rules that draw the pod to nodes or other pods, or keep it away from them.',
  });
});

test('printOpenApiV3() lists the operations of each path', () => {
  const item = apps.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
  assert.equal(item?.['get']?.operationId, 'readAppsV1NamespacedDeployment');
  assert.equal(item?.['patch']?.['x-kubernetes-action'], 'patch');
  const scale = apps.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale'];
  assert.equal(scale?.['put']?.operationId, 'replaceAppsV1NamespacedDeploymentScale');
  assert.ok(apps.paths['/apis/apps/v1/watch/deployments']);
});

test('OpenAPI documents refer only to what they hold', () => {
  const groups = new Map(all.map(({ group, version }) => [`${group}/${version}`, { group, version }]));
  for (const { group, version } of groups.values()) {
    checkReferences(printOpenApiV3(all, group, version), '#/components/schemas/', (document) =>
      Object.keys((document as unknown as Document).components.schemas),
    );
  }
  checkReferences(printOpenApiV2(all), '#/definitions/', (document) =>
    Object.keys((document as { definitions: object }).definitions),
  );
});

function withoutDescription(schema: object = {}): object {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'description'));
}

function checkReferences(document: object, prefix: string, names: (document: object) => readonly string[]): void {
  const known = new Set(names(document).map((name) => prefix + name));
  for (const [, reference = ''] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)) {
    assert.ok(known.has(reference), reference);
  }
}

test('printFixedOpenApiV3() and printOpenApiV2() tell of paths that are no resources', () => {
  const fixed = fixedPaths(['', 'apps']);
  assert.deepEqual(
    fixed.map(({ path }) => path),
    ['/.well-known/openid-configuration/', '/api/', '/apis/', '/apis/apps/', '/openid/v1/jwks/', '/version/'],
  );
  const version = fixed.find(({ document }) => document === 'version');
  const printed = printFixedOpenApiV3(version as FixedPath) as unknown as Document;
  assert.equal(printed.paths['/version/']?.['get']?.operationId, 'getCodeVersion');
  assert.ok(printed.components.schemas['io.k8s.apimachinery.pkg.version.Info']?.required?.includes('gitVersion'));
  const { paths } = printOpenApiV2(all, fixed) as unknown as Document;
  const ids = ['/apis/apps/', '/apis/apps/v1/', '/openid/v1/jwks/'].map((path) => paths[path]?.['get']?.operationId);
  assert.deepEqual(ids, ['getAppsAPIGroup', 'getAppsV1APIResources', 'getServiceAccountIssuerOpenIDKeyset']);
});
