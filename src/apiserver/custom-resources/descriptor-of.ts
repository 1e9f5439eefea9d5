/** The descriptor of one version of a custom resource: what a CustomResourceDefinition says, in the form built-in kinds have. */
import { samePlain } from '../../api/equality.ts';
import type { Descriptor, Draft, ScalePaths } from '../../api/descriptor.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresourceScale,
  JSONSchemaProps,
} from '../../api/groups/apiextensions.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { KindType } from '../../api/message.ts';
import { resource, type AnyResource, type Subresource, type Verb } from '../../api/resource.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { validation } from './custom-validation.ts';
import { parseJsonPath, valuesAt } from './json-path.ts';
import { tableOf } from './printer-columns.ts';
import { pruneNulls } from './prune-nulls.ts';
import { compareVersions } from './version-order.ts';

const allVerbs: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const partVerbs: readonly Verb[] = ['get', 'patch', 'update'];

/** Top-level fields that a custom resource may have. */
type Members = Record<string, Json>;

export function descriptorOf(
  definition: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  type: KindType,
): Descriptor<KubeObject> {
  const schema: JSONSchemaProps = version.schema?.openAPIV3Schema ?? {};
  const hasStatus = version.subresources?.status !== undefined;
  const scale = version.subresources?.scale;
  const selectable = (version.selectableFields ?? []).map(({ jsonPath }) => ({
    name: jsonPath.replace(/^\./, ''),
    steps: parseJsonPath(jsonPath),
  }));
  return {
    resource: resourceOf(definition, version, type),
    ...prepare(hasStatus),
    ...validation(schema),
    ...(version.deprecated === true ? { deprecation: deprecationOf(definition, version) } : {}),
    ...(scale === undefined ? {} : { scale: scalePaths(scale) }),
    defaults: (draft) => pruneNulls(schema, draft),
    hasGeneration: true,
    plainFinalizers: true,
    unconditionalUpdate: false,
    resetFields: hasStatus ? { '': [['status']], status: [['apiVersion'], ['kind'], ['metadata'], ['spec']] } : {},
    table: tableOf(version.additionalPrinterColumns),
    selectableFieldNames: selectable.map(({ name }) => name),
    selectableFields: (object) =>
      Object.fromEntries(
        selectable.map(({ name, steps }) => [name, textOf(valuesAt(object as unknown as Json, steps)[0])]),
      ),
  };
}

function resourceOf(
  definition: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  type: KindType,
): AnyResource {
  const names = definition.status?.acceptedNames ?? definition.spec.names;
  const { status, scale } = version.subresources ?? {};
  const subresources: Record<string, Subresource> = {
    ...(status === undefined ? {} : { status: { verbs: partVerbs } }),
    ...(scale === undefined ? {} : { scale: { verbs: partVerbs, apiVersion: 'autoscaling/v1', kind: 'Scale' } }),
  };
  return resource(type, {
    plural: names.plural,
    singular: names.singular ?? '',
    namespaced: definition.spec.scope === 'Namespaced',
    verbs: allVerbs,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    subresources,
  });
}

function prepare(hasStatus: boolean): Required<Pick<Descriptor<KubeObject>, 'prepareForCreate' | 'prepareForUpdate'>> {
  return {
    prepareForCreate(draft) {
      if (hasStatus) delete membersOf(draft)['status'];
      draft.metadata.generation = 1;
    },
    prepareForUpdate(draft, old, { subresource }) {
      const members = membersOf(draft);
      const before = structuredClone(old) as unknown as Members;
      if (subresource === 'status') return onlyStatus(draft, members, before);
      if (hasStatus) setMember(members, 'status', before['status']);
      const changed = [...new Set([...Object.keys(members), ...Object.keys(before)])].some(
        (name) => name !== 'metadata' && !samePlain(members[name], before[name]),
      );
      if (changed) draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
    },
  };
}

/** All but the status, and who manages it, is as it was. */
function onlyStatus(draft: Draft<KubeObject>, members: Members, before: Members): void {
  const { managedFields } = draft.metadata;
  const { status } = members;
  for (const name of Object.keys(members)) delete members[name];
  Object.assign(members, before);
  setMember(members, 'status', status);
  Object.assign(draft.metadata, { managedFields });
}

function setMember(members: Members, name: string, value: Json | undefined): void {
  if (value === undefined) delete members[name];
  else members[name] = value;
}

const membersOf = (draft: unknown): Members => draft as Members;

const textOf = (value: Json | undefined): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

function scalePaths(scale: CustomResourceSubresourceScale): ScalePaths {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  const steps = labelSelectorPath === undefined ? undefined : parseJsonPath(labelSelectorPath);
  return {
    specReplicas: specReplicasPath,
    statusReplicas: statusReplicasPath,
    selector: (object: JsonObject) => (steps === undefined ? '' : textOf(valuesAt(object, steps)[0])),
  };
}

function deprecationOf({ spec }: CustomResourceDefinition, version: CustomResourceDefinitionVersion): string {
  if (version.deprecationWarning !== undefined) return version.deprecationWarning;
  const said = `${spec.group}/${version.name} ${spec.names.kind} is deprecated`;
  const [better] = (spec.versions ?? [])
    .filter(({ name, served, deprecated }) => served && deprecated !== true && compareVersions(name, version.name) < 0)
    .map(({ name }) => name)
    .toSorted(compareVersions);
  return better === undefined ? said : `${said}; use ${spec.group}/${better} ${spec.names.kind}`;
}
