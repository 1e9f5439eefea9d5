/** The paths that are no resources, as the OpenAPI documents have them: discovery, the version, the keys of tokens. */
import { APIGroup, APIGroupList, APIVersions } from '../groups/meta.v1.ts';
import { object, optional, required, string, type ObjectType } from '../schema.ts';
import { groupWord } from './operations.ts';

export interface FixedPath {
  /** Name of the version 3 document that holds this path alone. */
  readonly document: string;
  readonly path: string;
  readonly tag: string;
  readonly description: string;
  readonly operationId: string;
  /** Undefined: text. */
  readonly answer: ObjectType | undefined;
  /** In the order of version 2. */
  readonly produces: readonly string[];
  /** Version 2 names what the path takes, though it takes nothing. */
  readonly consumes: readonly string[];
}

const VersionInfo = object('io.k8s.apimachinery.pkg.version.Info', {
  major: required(0, string),
  minor: required(0, string),
  emulationMajor: optional(0, string),
  emulationMinor: optional(0, string),
  minCompatibilityMajor: optional(0, string),
  minCompatibilityMinor: optional(0, string),
  gitVersion: required(0, string),
  gitCommit: required(0, string),
  gitTreeState: required(0, string),
  buildDate: required(0, string),
  goVersion: required(0, string),
  compiler: required(0, string),
  platform: required(0, string),
});

const objectTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const json = ['application/json'];
const inObjects = { produces: objectTypes, consumes: objectTypes } as const;

/** `groups`: those of Kubernetes itself; '' is the core group. */
export function fixedPaths(groups: readonly string[]): readonly FixedPath[] {
  return [...rootPaths, ...groups.filter((group) => group !== '').map(groupPath)].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

function groupPath(group: string): FixedPath {
  const word = groupWord(group);
  return {
    document: `apis/${group}`,
    path: `/apis/${group}/`,
    tag: `${word.charAt(0).toLowerCase()}${word.slice(1)}`,
    description: 'get information of a group',
    operationId: `get${word}APIGroup`,
    answer: APIGroup,
    ...inObjects,
  };
}

const rootPaths: readonly FixedPath[] = [
  {
    document: 'api',
    path: '/api/',
    tag: 'core',
    description: 'get available API versions',
    operationId: 'getCoreAPIVersions',
    answer: APIVersions,
    ...inObjects,
  },
  {
    document: 'apis',
    path: '/apis/',
    tag: 'apis',
    description: 'get available API versions',
    operationId: 'getAPIVersions',
    answer: APIGroupList,
    ...inObjects,
  },
  {
    document: 'version',
    path: '/version/',
    tag: 'version',
    description: 'get the version information for this server',
    operationId: 'getCodeVersion',
    answer: VersionInfo,
    produces: json,
    consumes: json,
  },
  {
    document: '.well-known/openid-configuration',
    path: '/.well-known/openid-configuration/',
    tag: 'WellKnown',
    description: "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'",
    operationId: 'getServiceAccountIssuerOpenIDConfiguration',
    answer: undefined,
    produces: json,
    consumes: [],
  },
  {
    document: 'openid/v1/jwks',
    path: '/openid/v1/jwks/',
    tag: 'openid',
    description: 'get service account issuer OpenID JSON Web Key Set (contains public token verification keys)',
    operationId: 'getServiceAccountIssuerOpenIDKeyset',
    answer: undefined,
    produces: ['application/jwk-set+json'],
    consumes: [],
  },
];
