/**
 * Which plugins of a profile work at which extension point, in which order and with which weight.
 *
 * multiPoint names plugins for every point they have; a point's own set goes before it. A point runs first the plugins
 * that both name, then the rest of multiPoint, then the rest of its own. `disabled: '*'` leaves out all defaults.
 */
import type { Plugin } from '../framework.ts';
import type { EnabledPlugin, Plugins, PluginSet } from './declarations.ts';

/** The extension points at which plugins of ours have something to do. */
const points = [
  'preEnqueue',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const;
type Point = (typeof points)[number];

/** @throws Error when a plugin is named twice, or is named at a point that it does not have. */
export function resolvePluginSets(
  defaults: readonly EnabledPlugin[],
  custom: Plugins,
  make: (name: string) => Plugin,
): readonly Plugin[] {
  const multiPoint = withDefaults(defaults, custom.multiPoint ?? {});
  checkNoneTwice(multiPoint, 'multiPoint');
  const at = Object.fromEntries(
    points.map((point) => [point, pluginsAt(point, multiPoint, custom[point] ?? {}, make)]),
  ) as Readonly<Record<Point, readonly EnabledPlugin[]>>;
  const has = (point: Point, name: string): boolean => at[point].some((entry) => entry.name === name);
  const slices = (point: Point, slice: (plugin: Plugin, weight: number | undefined) => Partial<Plugin>) =>
    at[point].map(({ name, weight }): Plugin => {
      const plugin = make(name);
      const { helpedBy, helps } = plugin;
      return { name, helpedBy, ...defined({ helps }), ...slice(plugin, weight) };
    });
  return [
    ...slices('preEnqueue', ({ preEnqueue }) => defined({ preEnqueue })),
    ...slices('filter', ({ nodeFilter, preFilter, name }) =>
      defined({ nodeFilter, preFilter: has('preFilter', name) ? preFilter : undefined }),
    ),
    ...slices('postFilter', ({ postFilter }) => defined({ postFilter })),
    ...slices('score', ({ preScore, name, ...plugin }, weight) =>
      has('preScore', name) ? defined({ preScore, weight: weightOf(weight, plugin.weight) }) : {},
    ),
    ...slices('reserve', ({ reserve }) => defined({ reserve })),
    ...slices('permit', ({ permit }) => defined({ permit })),
    ...slices('preBind', ({ preBind }) => defined({ preBind })),
    ...slices('bind', ({ bind }) => defined({ bind })),
    ...slices('postBind', ({ postBind }) => defined({ postBind })),
  ];
}

function weightOf(configured: number | undefined, own: number | undefined): number {
  return configured === undefined || configured === 0 ? (own ?? 1) : configured;
}

/** The defaults that are not disabled, those configured anew in their place, then what is new. */
function withDefaults(
  defaults: readonly EnabledPlugin[],
  { enabled = [], disabled = [] }: PluginSet,
): readonly EnabledPlugin[] {
  const off = new Set(disabled.map(({ name }) => name));
  const kept = off.has('*') ? [] : defaults.filter(({ name }) => !off.has(name));
  const anew = new Map(enabled.map((entry) => [entry.name, entry]));
  const known = new Set(kept.map(({ name }) => name));
  return [...kept.map((entry) => anew.get(entry.name) ?? entry), ...enabled.filter(({ name }) => !known.has(name))];
}

function pluginsAt(
  point: Point,
  multiPoint: readonly EnabledPlugin[],
  { enabled = [], disabled = [] }: PluginSet,
  make: (name: string) => Plugin,
): readonly EnabledPlugin[] {
  checkNoneTwice(enabled, point);
  const own = new Map(enabled.map((entry) => [entry.name, entry]));
  for (const { name } of enabled) {
    if (!implementsPoint(make(name), point)) throw new Error(`plugin "${name}" does not extend ${point} plugin`);
  }
  const off = new Set(disabled.map(({ name }) => name));
  const general = off.has('*')
    ? []
    : multiPoint.filter(({ name }) => !off.has(name) && implementsPoint(make(name), point));
  const both = enabled.filter(({ name }) => general.some((entry) => entry.name === name));
  const rest = general.filter(({ name }) => !own.has(name));
  return [...both, ...rest, ...enabled.filter((entry) => !both.includes(entry))];
}

function implementsPoint(plugin: Plugin, point: Point): boolean {
  switch (point) {
    case 'filter':
      return plugin.nodeFilter !== undefined || plugin.preFilter !== undefined;
    case 'score':
      return plugin.preScore !== undefined;
    default:
      return plugin[point] !== undefined;
  }
}

function checkNoneTwice(entries: readonly EnabledPlugin[], point: string): void {
  const seen = new Set<string>();
  for (const { name } of entries) {
    if (seen.has(name)) throw new Error(`plugin "${name}" already registered as "${point}"`);
    seen.add(name);
  }
}

function defined<T extends object>(fields: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]: Exclude<T[K], undefined>;
  };
}
