import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plugin } from '../framework.ts';
import { defaultPlugins } from '../plugins/default-plugins.ts';
import { ConfigurationError, readConfiguration, type Profile } from './configuration.ts';

const head = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';

async function profileOf(yaml: string): Promise<Profile> {
  const { profiles } = await readConfiguration(`${head}profiles:\n${yaml}`);
  const [profile] = profiles;
  assert(profile !== undefined);
  return profile;
}

function namesAt(profile: Profile, point: keyof Plugin): readonly string[] {
  return profile.plugins.filter((plugin) => plugin[point] !== undefined).map(({ name }) => name);
}

test('readConfiguration() makes the default profile of a file that says nothing', async () => {
  const { profiles, initialBackoffMs, maxBackoffMs, leaderElect } = await readConfiguration(head);
  assert.deepEqual([initialBackoffMs, maxBackoffMs, leaderElect], [1000, 10_000, true]);
  assert.deepEqual(
    profiles.map(({ schedulerName }) => schedulerName),
    ['default-scheduler'],
  );
  const [profile] = profiles;
  assert(profile !== undefined);
  for (const point of ['preEnqueue', 'nodeFilter', 'preFilter', 'postFilter', 'preScore', 'bind'] as const) {
    const expected = defaultPlugins.filter((plugin) => plugin[point] !== undefined).map(({ name }) => name);
    assert.deepEqual(namesAt(profile, point).toSorted(), expected.toSorted(), point);
  }
  const weights = profile.plugins
    .filter(({ preScore }) => preScore !== undefined)
    .map(({ name, weight }) => [name, weight]);
  assert.deepEqual(weights, [
    ['TaintToleration', 3],
    ['NodeAffinity', 2],
    ['NodeResourcesFit', 1],
    ['PodTopologySpread', 2],
    ['InterPodAffinity', 2],
    ['NodeResourcesBalancedAllocation', 1],
    ['ImageLocality', 1],
  ]);
});

test('readConfiguration() reads several profiles, backoffs and percentages', async () => {
  const read = await readConfiguration(`${head}podInitialBackoffSeconds: 2
podMaxBackoffSeconds: 60
percentageOfNodesToScore: 30
leaderElection: {leaderElect: false}
profiles:
- schedulerName: one
- schedulerName: two
  percentageOfNodesToScore: 100
`);
  assert.deepEqual([read.initialBackoffMs, read.maxBackoffMs, read.leaderElect], [2000, 60_000, false]);
  assert.deepEqual(
    read.profiles.map(({ schedulerName, percentageOfNodesToScore }) => [schedulerName, percentageOfNodesToScore]),
    [
      ['one', 30],
      ['two', 100],
    ],
  );
});

test('readConfiguration() takes plugins out of one point, out of all, and gives them weights', async () => {
  const profile = await profileOf(`
- plugins:
    multiPoint:
      disabled: [{name: InterPodAffinity}]
    score:
      disabled: [{name: '*'}]
      enabled: [{name: ImageLocality, weight: 7}, {name: NodeAffinity}]
    postFilter:
      disabled: [{name: DefaultPreemption}]
`);
  assert(!profile.plugins.some(({ name }) => name === 'InterPodAffinity'));
  const scores = profile.plugins.filter(({ preScore }) => preScore !== undefined);
  assert.deepEqual(
    scores.map(({ name, weight }) => [name, weight]),
    [
      ['ImageLocality', 7],
      ['NodeAffinity', 1],
    ],
  );
  assert.deepEqual(namesAt(profile, 'postFilter'), ['DynamicResources']);
  assert(namesAt(profile, 'preFilter').includes('NodeAffinity'));
});

test('readConfiguration() puts what a point and multiPoint both name first, and what only the point names last', async () => {
  const profile = await profileOf(`
- plugins:
    multiPoint:
      disabled: [{name: '*'}]
      enabled: [{name: NodePorts}, {name: NodeResourcesFit}, {name: PrioritySort}, {name: DefaultBinder}]
    filter:
      enabled: [{name: TaintToleration}, {name: NodeResourcesFit}]
`);
  const filters = profile.plugins.filter((plugin) => plugin.preFilter !== undefined || plugin.nodeFilter !== undefined);
  assert.deepEqual(
    filters.map(({ name }) => name),
    ['NodeResourcesFit', 'NodePorts', 'TaintToleration'],
  );
});

test('readConfiguration() takes arguments of plugins that it does not know, and weights of 0 as not given', async () => {
  const profile = await profileOf(`
- pluginConfig:
  - {name: OutOfTreePlugin, args: {foo: bar}}
  - {name: NodeResourcesBalancedAllocation, args: {resources: [{name: cpu, weight: 0}]}}
  - {name: NodeResourcesFit}
  plugins: {multiPoint: {enabled: [{name: TaintToleration}]}, score: {enabled: [{name: NodeAffinity, weight: 0}]}}
`);
  const weights = profile.plugins.map(({ name, weight }) => `${name} ${weight}`);
  assert(weights.includes('TaintToleration 1') && weights.includes('NodeAffinity 1'), weights.join());
});

test('readConfiguration() loads the plugins of modules', async () => {
  const yaml = `${head}pluginModules: [./mine.ts]
profiles:
- plugins: {multiPoint: {enabled: [{name: Mine, weight: 5}]}}
  pluginConfig: [{name: Mine, args: {level: 3}}]
`;
  const factory = (args: unknown): Plugin => ({
    name: 'x',
    helpedBy: [],
    preScore: () => ({ score: () => (args as { readonly level: number }).level }),
  });
  const { profiles } = await readConfiguration(yaml, { loadModule: async () => ({ Mine: factory }) });
  const mine = profiles[0]?.plugins.find(({ name, preScore }) => name === 'Mine' && preScore !== undefined);
  assert.equal(mine?.weight, 5);
});

test('readConfiguration() refuses what is wrong and says where', async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['profiles: [{schedulerNam: x}]', 'strict decoding error: unknown field "profiles[0].schedulerNam"'],
    ['parallelism: 0', 'parallelism: Invalid value: 0: should be an integer value greater than zero'],
    ['percentageOfNodesToScore: 101', 'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]'],
    ['podInitialBackoffSeconds: 0', 'podInitialBackoffSeconds: Invalid value: 0: must be greater than 0'],
    [
      'podMaxBackoffSeconds: 0',
      'podMaxBackoffSeconds: Invalid value: 0: must be greater than or equal to PodInitialBackoffSeconds',
    ],
    [
      'profiles: [{schedulerName: a}, {schedulerName: a}]',
      'profiles[1].schedulerName: Duplicate value: profiles[0].schedulerName',
    ],
    ['profiles: [{schedulerName: a}, {}]', 'profiles[1].schedulerName: Required value'],
    [
      'profiles: [{plugins: {filter: {enabled: [{name: Nope}]}}}]',
      'creating profile for scheduler name default-scheduler: FilterPlugin "Nope" does not exist',
    ],
    [
      'profiles: [{plugins: {multiPoint: {enabled: [{name: Nope}]}}}]',
      'creating profile for scheduler name default-scheduler: PreFilterPlugin "Nope" does not exist',
    ],
    [
      'profiles: [{plugins: {filter: {enabled: [{name: ImageLocality}]}}}]',
      'creating profile for scheduler name default-scheduler: plugin "ImageLocality" does not extend FilterPlugin plugin',
    ],
    [
      'profiles: [{plugins: {score: {enabled: [{name: ImageLocality}, {name: ImageLocality}]}}}]',
      'creating profile for scheduler name default-scheduler: plugin "ImageLocality" already registered as "ScorePlugin"',
    ],
    [
      'profiles: [{plugins: {multiPoint: {enabled: [{name: NodeName}, {name: NodeName}]}}}]',
      'creating profile for scheduler name default-scheduler: plugin "NodeName" already registered as "FilterPlugin"',
    ],
    [
      'profiles: [{plugins: {queueSort: {disabled: [{name: "*"}]}}}]',
      'creating profile for scheduler name default-scheduler: only one queue sort plugin required for profile with scheduler name "default-scheduler", but got 0',
    ],
    [
      'profiles: [{plugins: {queueSort: {enabled: [{name: NodeName}]}}}]',
      'creating profile for scheduler name default-scheduler: plugin "NodeName" does not extend QueueSortPlugin plugin',
    ],
    [
      'profiles: [{plugins: {bind: {disabled: [{name: "*"}]}}}]',
      'creating profile for scheduler name default-scheduler: at least one bind plugin is needed for profile with scheduler name "default-scheduler"',
    ],
    [
      'extenders: [{urlPrefix: "http://x", prioritizeVerb: p}]',
      'extenders[0].weight: Invalid value: 0: must have a positive weight applied to it',
    ],
    [
      'profiles: [{pluginConfig: [{name: VolumeBinding, args: {bindTimeoutSeconds: -1}}]}]',
      'profiles[0].pluginConfig[0].args.bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a negative value',
    ],
    [
      'profiles: [{pluginConfig: [{name: InterPodAffinity, args: {hardPodAffinityWeight: 101}}]}]',
      'profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]',
    ],
    [
      'profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: Best}}}]}]',
      'creating profile for scheduler name default-scheduler: initializing plugin "NodeResourcesFit": scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"',
    ],
    [
      'profiles: [{pluginConfig: [{name: PodTopologySpread, args: {defaultConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: ScheduleAnyway}]}}]}]',
      'profiles[0].pluginConfig[0].args.defaultingType: Invalid value: "System": when .defaultConstraints are not empty',
    ],
    ['clientConnection: {burst: -1}', 'clientConnection.burst: Invalid value: -1: must be non-negative'],
    [
      'leaderElection: {leaderElect: true, leaseDuration: 5s, renewDeadline: 10s}',
      'leaderElection.leaseDuration: Invalid value: "10s": LeaseDuration must be greater than RenewDeadline',
    ],
    [
      'leaderElection: {leaderElect: true, retryPeriod: -90s}',
      'leaderElection.retryPeriod: Invalid value: "-1m30s": must be greater than zero',
    ],
    [
      'leaderElection: {leaderElect: true, resourceLock: endpoints}',
      'leaderElection.resourceLock: Invalid value: "endpoints": resourceLock value must be "leases"',
    ],
    [
      'profiles: [{plugins: {filter: {enabled: [{name: EBSLimits}]}}, pluginConfig: []}]',
      'profiles[0].plugins.filter.enabled[0]: Invalid value: "EBSLimits": was invalid in version "v1" (KubeSchedulerConfiguration is version "kubescheduler.config.k8s.io/v1")',
    ],
    [
      'profiles: [{schedulerName: a, plugins: {queueSort: {enabled: [{name: PrioritySort}]}}}, {schedulerName: b}]',
      'profiles[1].plugins.queueSort: Invalid value: {"Enabled":null,"Disabled":null}: must be the same for all profiles',
    ],
    [
      'extenders: [{urlPrefix: "http://x", managedResources: [{name: cpu}]}]',
      'extenders[0].managedResources[0].name: Invalid value: "cpu": is an invalid extended resource name',
    ],
    [
      'extenders: [{urlPrefix: "http://x", managedResources: [{name: example.com/a}, {name: example.com/a}]}]',
      'extenders[0].managedResources[1].name: Invalid value: "example.com/a": duplicate extender managed resource name',
    ],
    [
      'extenders: [{urlPrefix: "http://x", bindVerb: b}, {urlPrefix: "http://y", bindVerb: b}]',
      'extenders: Invalid value: "found 2 extenders implementing bind": only one extender can implement bind',
    ],
    [
      'profiles: [{pluginConfig: [{name: NodeResourcesBalancedAllocation, args: {resources: [{name: cpu, weight: 2}]}}]}]',
      'profiles[0].pluginConfig[0].args.resources[0].weight: Invalid value: 2: must be 1',
    ],
    [
      'profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: RequestedToCapacityRatio}}}]}]',
      'creating profile for scheduler name default-scheduler: initializing plugin "NodeResourcesFit": scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is RequestedToCapacityRatio',
    ],
    [
      'profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: RequestedToCapacityRatio, requestedToCapacityRatio: {shape: [{utilization: 50, score: 1}, {utilization: 50, score: 2}]}}}}]}]',
      'creating profile for scheduler name default-scheduler: initializing plugin "NodeResourcesFit": scoringStrategy.requestedToCapacityRatio.shape[1].utilization: Invalid value: 50: values must be sorted in increasing order',
    ],
    [
      'profiles: [{pluginConfig: [{name: PodTopologySpread, args: {defaultingType: List, defaultConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: ScheduleAnyway}, {maxSkew: 2, topologyKey: z, whenUnsatisfiable: ScheduleAnyway}]}}]}]',
      'profiles[0].pluginConfig[0].args.defaultConstraints[1]: Duplicate value: "{z, ScheduleAnyway}"',
    ],
    [
      'profiles: [{pluginConfig: [{name: VolumeBinding, args: {shape: [{utilization: 0, score: 1}]}}]}]',
      'profiles[0].pluginConfig[0].args.shape: Invalid value: [{"Utilization":0,"Score":1}]: unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring',
    ],
    [
      'profiles: [{pluginConfig: [{name: DynamicResources, args: {filterTimeout: -1s, bindingTimeout: 500ms}}]}]',
      '[profiles[0].pluginConfig[0].args.filterTimeout: Invalid value: "-1s": must be zero or positive, profiles[0].pluginConfig[0].args.bindingTimeout: Invalid value: "500ms": must be at least 1 second]',
    ],
    [
      'profiles: [{pluginConfig: [{name: DefaultPreemption, args: {kind: InterPodAffinityArgs}}]}]',
      'decoding .profiles[0].pluginConfig[0]: args for plugin DefaultPreemption were not of type DefaultPreemptionArgs.kubescheduler.config.k8s.io, got InterPodAffinityArgs.kubescheduler.config.k8s.io',
    ],
    [
      'profiles: [{x: 1, pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {resources: [{Name: cpu, Weight: 1}]}}}]}]',
      'strict decoding error: unknown field "profiles[0].x", decoding .profiles[0].pluginConfig[0]: strict decoding error: decoding args for plugin NodeResourcesFit: strict decoding error: unknown field "scoringStrategy.resources[0].Name", unknown field "scoringStrategy.resources[0].Weight"',
    ],
    [
      'profiles: [{pluginConfig: [{name: NodeAffinity, args: {addedAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a b, operator: Gt, values: [x]}], matchFields: [{key: metadata.name, operator: Exists}]}]}}}}]}]',
      `[profiles[0].pluginConfig[0].args.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'), profiles[0].pluginConfig[0].args.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer, profiles[0].pluginConfig[0].args.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].operator: Unsupported value: "Exists": supported values: "In", "NotIn"]`,
    ],
  ];
  for (const [yaml, message] of cases) {
    await assert.rejects(
      readConfiguration(`${head}${yaml}\n`),
      (error) => error instanceof ConfigurationError && (assert.equal(error.message, message), true),
      yaml,
    );
  }
  await assert.rejects(readConfiguration('kind: X\napiVersion: v1'), /no kind "X" is registered for version "v1"/);
});
