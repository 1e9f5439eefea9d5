/**
 * Metrics in Prometheus' text format. A metric is a family of children, one for each set of label values; who counts often
 * keeps its child and adds to a number. With prom-client a cached child cost 0.5 to 1.1 us an observation, and a request
 * makes ten of them; here one costs some 10 ns (docs/performance.md).
 *
 * Limit: `maxChildren` a family. Values of labels come from what the server serves and a closed set of verbs and codes;
 * should a client find a way to make more, they are counted together under the label values "other".
 */
import { Summary } from './summary.ts';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary';

export interface FamilyOptions {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

export class Metric {
  value = 0;

  add(by = 1): void {
    this.value += by;
  }

  set(value: number): void {
    this.value = value;
  }
}

export class Histogram {
  readonly bounds: readonly number[];
  /** How many fell at or below each bound and above the one before; the last counts what is above all. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** `weight`: as if it had been observed so many times. */
  observe(value: number, weight = 1): void {
    const { bounds, counts } = this;
    let index = 0;
    while (index < bounds.length && value > (bounds[index] as number)) index++;
    counts[index] = (counts[index] as number) + weight;
    this.sum += value * weight;
  }
}

const maxChildren = 20_000;

class Family<Child> {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labels: readonly string[];
  readonly #make: () => Child;
  readonly #children = new Map<string, { readonly values: readonly string[]; readonly child: Child }>();

  constructor(type: MetricType, { name, help, labels = [] }: FamilyOptions, make: () => Child) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.labels = labels;
    this.#make = make;
  }

  /** The child of these label values, in the order of the labels. */
  of(...values: readonly string[]): Child {
    const key = values.join('\u0000');
    const known = this.#children.get(key);
    if (known !== undefined) return known.child;
    if (this.#children.size >= maxChildren && values.some((value) => value !== 'other')) {
      return this.of(...values.map(() => 'other'));
    }
    const child = this.#make();
    this.#children.set(key, { values, child });
    return child;
  }

  /** Takes a child that somebody else counts in: figures of the whole process, which every registry shows. */
  adopt(child: Child, ...values: readonly string[]): void {
    this.#children.set(values.join('\u0000'), { values, child });
  }

  /** For gauges whose set of children is told anew at each scrape. */
  clear(): void {
    this.#children.clear();
  }

  *children(): Generator<{ readonly values: readonly string[]; readonly child: Child }> {
    yield* this.#children.values();
  }
}

export type MetricFamily = Family<Metric>;
export type HistogramFamily = Family<Histogram>;
export type SummaryFamily = Family<Summary>;
type AnyFamily = MetricFamily | HistogramFamily | SummaryFamily;

const summaryPeriodMs = 5 * 3600 * 1000;
const quantiles = [0.5, 0.9, 0.99];

export class Registry {
  readonly #families: AnyFamily[] = [];
  readonly #collectors: (() => void)[] = [];

  counter(options: FamilyOptions): MetricFamily {
    return this.#add(new Family('counter', options, () => new Metric()));
  }

  gauge(options: FamilyOptions): MetricFamily {
    return this.#add(new Family('gauge', options, () => new Metric()));
  }

  histogram(options: FamilyOptions & { readonly buckets: readonly number[] }): HistogramFamily {
    return this.#add(new Family('histogram', options, () => new Histogram(options.buckets)));
  }

  /** Of the last five hours. */
  summary(options: FamilyOptions): SummaryFamily {
    return this.#add(new Family('summary', options, () => new Summary(summaryPeriodMs)));
  }

  /** Called before each scrape: sets what is read off rather than counted. */
  collect(collector: () => void): void {
    this.#collectors.push(collector);
  }

  /** Names and types of all metrics there are. */
  get families(): readonly { readonly name: string; readonly type: MetricType }[] {
    return this.#families;
  }

  /** All metrics in the text format 0.0.4, by name. `only`: those of these families. */
  text(only?: ReadonlySet<string>): string {
    for (const collector of this.#collectors) collector();
    const shown = this.#families.filter(({ name }) => only === undefined || only.has(name));
    return shown
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(familyText)
      .join('');
  }

  #add<F extends AnyFamily>(family: F): F {
    if (this.#families.some(({ name }) => name === family.name)) throw new Error(`Two metrics named "${family.name}"`);
    this.#families.push(family);
    // What has no labels is there from the start, as zero.
    if (family.labels.length === 0) family.of();
    return family;
  }
}

function familyText(family: AnyFamily): string {
  const lines: string[] = [];
  for (const { values, child } of family.children()) {
    const labels = family.labels.map((label, index) => `${label}="${escapeValue(values[index] ?? '')}"`).join(',');
    if (child instanceof Histogram) pushHistogram(lines, family.name, labels, child);
    else if (child instanceof Summary) pushSummary(lines, family.name, labels, child);
    else lines.push(`${family.name}${braced(labels)} ${child.value}`);
  }
  if (lines.length === 0) return '';
  return `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.type}\n${lines.join('\n')}\n`;
}

function pushHistogram(lines: string[], name: string, labels: string, { bounds, counts, sum }: Histogram): void {
  const before = labels === '' ? '' : `${labels},`;
  let total = 0;
  for (let index = 0; index < counts.length; index++) {
    total += counts[index] as number;
    lines.push(`${name}_bucket{${before}le="${bounds[index] ?? '+Inf'}"} ${total}`);
  }
  lines.push(`${name}_sum${braced(labels)} ${sum}`, `${name}_count${braced(labels)} ${total}`);
}

function pushSummary(lines: string[], name: string, labels: string, summary: Summary): void {
  const before = labels === '' ? '' : `${labels},`;
  for (const rank of quantiles) lines.push(`${name}{${before}quantile="${rank}"} ${summary.quantile(rank)}`);
  lines.push(`${name}_sum${braced(labels)} ${summary.sum}`, `${name}_count${braced(labels)} ${summary.count}`);
}

const braced = (labels: string): string => (labels === '' ? '' : `{${labels}}`);

function escapeValue(value: string): string {
  return /[\\"\n]/.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value;
}
