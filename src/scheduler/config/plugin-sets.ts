/**
 * Which plugins of a profile work at which extension point, in which order and with which weight.
 *
 * multiPoint names plugins for every point they have; a point's own set goes before it. A point runs first the plugins
 * that both name, then the rest of multiPoint, then the rest of its own. `disabled: '*'` leaves out all defaults.
 */
import type { Plugin } from '../framework.ts';
import type { EnabledPlugin, Plugins, PluginSet } from './declarations.ts';

/** In the order in which mistakes at them are told. */
const points = [
  'preFilter',
  'filter',
  'postFilter',
  'reserve',
  'preScore',
  'score',
  'preBind',
  'bind',
  'postBind',
  'permit',
  'preEnqueue',
  'queueSort',
] as const;
export type ExtensionPoint = (typeof points)[number];

/** What may be named in a configuration. */
export interface PluginSource {
  /** Undefined: there is no such plugin. */
  make(name: string): Plugin | undefined;
  extendsPoint(plugin: Plugin, point: ExtensionPoint): boolean;
}

/** @throws Error when a plugin is named twice, does not exist, or is named at a point that it does not have. */
export function resolvePluginSets(
  defaults: readonly EnabledPlugin[],
  custom: Plugins,
  source: PluginSource,
): readonly Plugin[] {
  for (const point of points) checkOwn(point, custom[point] ?? {}, source);
  const multiPoint = withDefaults(defaults, custom.multiPoint ?? {});
  const at = Object.fromEntries(
    points.map((point) => [point, pluginsAt(point, multiPoint, custom[point] ?? {}, source)]),
  ) as Readonly<Record<ExtensionPoint, readonly EnabledPlugin[]>>;
  const isDefault = new Set(defaults.map(({ name }) => name));
  const has = (point: ExtensionPoint, name: string): boolean => at[point].some((entry) => entry.name === name);
  const slices = (point: ExtensionPoint, slice: (plugin: Plugin, weight: number | undefined) => Partial<Plugin>) =>
    at[point].flatMap(({ name, weight }): readonly Plugin[] => {
      const plugin = source.make(name);
      if (plugin === undefined) return [];
      const { helpedBy, helps } = plugin;
      return [{ name, helpedBy, ...defined({ helps }), ...slice(plugin, weight) }];
    });
  return [
    ...slices('preEnqueue', ({ preEnqueue }) => defined({ preEnqueue })),
    ...slices('queueSort', () => ({})),
    ...slices('filter', ({ nodeFilter, preFilter, name }) =>
      defined({ nodeFilter, preFilter: has('preFilter', name) ? preFilter : undefined }),
    ),
    ...slices('postFilter', ({ postFilter }) => defined({ postFilter })),
    ...slices('score', (plugin, weight) => {
      const { name, preScore } = plugin;
      const prepares = has('preScore', name) || !source.extendsPoint(plugin, 'preScore');
      const own = isDefault.has(name) ? undefined : plugin.weight;
      return prepares ? defined({ preScore, weight: weight === undefined || weight === 0 ? (own ?? 1) : weight }) : {};
    }),
    ...slices('reserve', ({ reserve }) => defined({ reserve })),
    ...slices('permit', ({ permit }) => defined({ permit })),
    ...slices('preBind', ({ preBind }) => defined({ preBind })),
    ...slices('bind', ({ bind }) => defined({ bind })),
    ...slices('postBind', ({ postBind }) => defined({ postBind })),
  ];
}

/** The defaults that are not disabled, those configured anew in their place, then what is new. */
function withDefaults(
  defaults: readonly EnabledPlugin[],
  { enabled = [], disabled = [] }: PluginSet,
): readonly EnabledPlugin[] {
  const off = new Set(disabled.map(({ name }) => name));
  const kept = off.has('*') ? [] : defaults.filter(({ name }) => !off.has(name));
  const anew = new Map(enabled.map((entry) => [entry.name, entry]));
  const replacing = new Set(kept.map(({ name }) => anew.get(name)));
  return [...kept.map((entry) => anew.get(entry.name) ?? entry), ...enabled.filter((entry) => !replacing.has(entry))];
}

function checkOwn(point: ExtensionPoint, { enabled = [] }: PluginSet, source: PluginSource): void {
  const seen = new Set<string>();
  for (const { name } of enabled) {
    const plugin = source.make(name) ?? missing(point, name);
    if (!source.extendsPoint(plugin, point)) {
      throw new Error(`plugin "${name}" does not extend ${nameOf(point)} plugin`);
    }
    checkNew(seen, name, point);
  }
}

function pluginsAt(
  point: ExtensionPoint,
  multiPoint: readonly EnabledPlugin[],
  { enabled = [], disabled = [] }: PluginSet,
  source: PluginSource,
): readonly EnabledPlugin[] {
  const own = new Set(enabled.map(({ name }) => name));
  const off = new Set(disabled.map(({ name }) => name));
  if (off.has('*')) return enabled;
  const overridden = new Set<string>();
  const general: EnabledPlugin[] = [];
  const seen = new Set<string>();
  for (const entry of multiPoint) {
    const { name } = entry;
    const plugin = source.make(name) ?? missing(point, name);
    if (!source.extendsPoint(plugin, point) || off.has(name)) continue;
    if (own.has(name)) {
      overridden.add(name);
      continue;
    }
    checkNew(seen, name, point);
    general.push(entry);
  }
  const isBoth = ({ name }: EnabledPlugin): boolean => overridden.has(name);
  return [...enabled.filter(isBoth), ...general, ...enabled.filter((entry) => !isBoth(entry))];
}

function checkNew(seen: Set<string>, name: string, point: ExtensionPoint): void {
  if (seen.has(name)) throw new Error(`plugin "${name}" already registered as "${nameOf(point)}"`);
  seen.add(name);
}

function missing(point: ExtensionPoint, name: string): never {
  throw new Error(`${nameOf(point)} "${name}" does not exist`);
}

/** `FilterPlugin` */
function nameOf(point: ExtensionPoint): string {
  return `${point.charAt(0).toUpperCase()}${point.slice(1)}Plugin`;
}

function defined<T extends object>(fields: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]: Exclude<T[K], undefined>;
  };
}
