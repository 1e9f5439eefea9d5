/**
 * Reads the file that describes a simulation. It is read strictly and checked as a whole: a word that is misspelt is told, with its place,
 * and never does nothing. What the file leaves out is as in the usual scenario.
 */
import { DecodeError } from '../api/codec/decode-error.ts';
import { decode } from '../api/codec/decode.ts';
import { parseYaml, YamlSyntaxError } from '../api/codec/yaml.ts';
import { DurationError, parseDuration } from '../api/duration.ts';
import { parseLabelSelector, SelectorError } from '../api/label-selector.ts';
import { parseQuantity, quantityToNumber } from '../api/quantity.ts';
import {
  Simulation,
  simulationVersion,
  type DeclaredIncident,
  type DeclaredNodes,
  type DeclaredPods,
  type Timing,
} from './declarations.ts';
import type { Delay } from './dice.ts';
import { AddressRangeError, PodAddresses } from './pod-addresses.ts';
import {
  usualBehaviour,
  usualNodes,
  usualPodAddresses,
  usualRules,
  type NodeGroup,
  type NodeIncident,
  type Occasion,
  type PodBehaviour,
  type PodIncident,
  type PodRule,
  type Scenario,
} from './scenario.ts';

/** The file cannot be used; the message says where and why. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** `text`: YAML or JSON. @throws ScenarioError */
export async function readScenario(text: string): Promise<Scenario> {
  const { seed, podAddresses = '', nodes = [], pods = [] } = await readDeclared(text);
  const range = podAddresses === '' ? usualPodAddresses : podAddresses;
  at('podAddresses', () => new PodAddresses(range));
  const names = new Set<string>();
  const groups = nodes.length === 0 ? [usualNodes] : nodes.map((each, index) => nodeGroup(each, `nodes[${index}]`));
  for (const [index, { name }] of groups.entries()) {
    if (names.has(name)) throw new ScenarioError(`nodes[${index}].name: "${name}" is taken by an earlier group`);
    names.add(name);
  }
  const rules = pods.map((each, index) => podRule(each, `pods[${index}]`));
  return { seed: Number(seed ?? 1), podAddresses: range, nodes: groups, rules: [...rules, ...usualRules] };
}

async function readDeclared(text: string): Promise<Simulation> {
  try {
    const { value, duplicates } = await parseYaml(text);
    if (duplicates !== undefined) throw new ScenarioError(duplicates);
    const { value: declared, unknown } = decode(Simulation, value);
    if (declared.apiVersion !== simulationVersion || declared.kind !== 'Simulation') {
      throw new ScenarioError(`the file must say apiVersion: ${simulationVersion} and kind: Simulation`);
    }
    if (unknown.length > 0) throw new ScenarioError(`there is no field "${unknown.join('", "')}"`);
    return declared;
  } catch (error) {
    if (error instanceof YamlSyntaxError || error instanceof DecodeError) throw new ScenarioError(error.message);
    throw error;
  }
}

function nodeGroup(declared: DeclaredNodes, path: string): NodeGroup {
  const { name = '', count, labels, annotations, taints, zones, capacity, incidents = [] } = declared;
  if (!/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/.test(name)) throw new ScenarioError(`${path}.name: "${name}" is no name`);
  const nodes = count ?? usualNodes.count;
  if (nodes < 1) throw new ScenarioError(`${path}.count: must be at least 1`);
  return {
    count: nodes,
    name: name === '' ? usualNodes.name : name,
    labels: labels ?? {},
    annotations: annotations ?? {},
    taints: taints ?? [],
    zones: zones ?? [],
    capacity: { ...usualNodes.capacity, ...capacity },
    incidents: incidents.map((each, index) => nodeIncident(each, `${path}.incidents[${index}]`)),
  };
}

function nodeIncident(declared: DeclaredIncident, path: string): NodeIncident {
  const happens = oneOf(declared.happens, ['NotReady', 'Away', 'Removed'] as const, `${path}.happens`);
  const lastsMs = declared.lasts === undefined ? Infinity : ms(declared.lasts, `${path}.lasts`);
  return { ...occasion(declared, path), happens, lastsMs };
}

function podRule({ name, match, ...declared }: DeclaredPods, path: string): PodRule {
  const { namespaces = [], labelSelector = '', annotations = {}, owner } = match ?? {};
  const labels = at(`${path}.match.labelSelector`, () => parseLabelSelector(labelSelector));
  return {
    name: name === undefined || name === '' ? path : name,
    match: {
      namespaces,
      labels,
      annotations,
      owner: owner === undefined ? undefined : { kind: owner.kind, name: owner.name ?? '' },
    },
    behaviour: behaviour(declared, path),
  };
}

function behaviour(declared: Omit<DeclaredPods, 'name' | 'match'>, path: string): PodBehaviour {
  const { start, initialize, ready, finish, stop, incidents = [], usage, logs, exec } = declared;
  const usual = usualBehaviour;
  const swing = usage?.swing ?? usual.usage.swing;
  if (!(swing >= 0 && swing <= 1)) throw new ScenarioError(`${path}.usage.swing: must be from 0 to 1`);
  const periodMs = usage?.period === undefined ? usual.usage.periodMs : ms(usage.period, `${path}.usage.period`);
  if (periodMs <= 0) throw new ScenarioError(`${path}.usage.period: must be longer than nothing`);
  return {
    start: delay(start, `${path}.start`) ?? usual.start,
    initialize: delay(initialize, `${path}.initialize`) ?? usual.initialize,
    ready: delay(ready, `${path}.ready`),
    finish:
      finish === undefined
        ? undefined
        : {
            afterMs: ms(finish.after, `${path}.finish.after`),
            jitterMs: ms(finish.jitter, `${path}.finish.jitter`),
            exitCode: finish.exitCode ?? 0,
            reason: finish.reason ?? '',
          },
    stop: delay(stop, `${path}.stop`) ?? usual.stop,
    incidents: incidents.map((each, index) => podIncident(each, `${path}.incidents[${index}]`)),
    usage: { cpuCores: amount(usage?.cpu), memoryBytes: amount(usage?.memory), swing, periodMs },
    logs:
      logs === undefined
        ? usual.logs
        : logs.map(({ text, every, stream = '' }, index) => ({
            text,
            everyMs: ms(every, `${path}.logs[${index}].every`),
            stream: oneOf(
              stream === '' ? 'stdout' : stream,
              ['stdout', 'stderr'] as const,
              `${path}.logs[${index}].stream`,
            ),
          })),
    exec: (exec ?? []).map(({ command, stdout = '', stderr = '', exitCode = 0 }) => ({
      command,
      stdout,
      stderr,
      exitCode,
    })),
  };
}

function podIncident(declared: DeclaredIncident, path: string): PodIncident {
  const { exitCode, reason = '', message = '', lasts } = declared;
  const when = occasion(declared, path);
  const happens = oneOf(declared.happens, ['Exit', 'Unready', 'Evict'] as const, `${path}.happens`);
  switch (happens) {
    case 'Exit':
      return { ...when, happens, exitCode: exitCode ?? 1, reason };
    case 'Unready':
      return { ...when, happens, lastsMs: lasts === undefined ? Infinity : ms(lasts, `${path}.lasts`) };
    case 'Evict':
      return { ...when, happens, message: message === '' ? 'The simulation evicts the pod' : message };
  }
}

/** Without `after` an incident that comes again comes for the first time when it would the second time. */
function occasion({ after, every, jitter, chance = 1 }: DeclaredIncident, path: string): Occasion {
  if (!(chance >= 0 && chance <= 1)) throw new ScenarioError(`${path}.chance: must be from 0 to 1`);
  const jitterMs = ms(jitter, `${path}.jitter`);
  const first = { afterMs: ms(after ?? every, `${path}.after`), jitterMs };
  return { first, every: every === undefined ? undefined : { afterMs: ms(every, `${path}.every`), jitterMs }, chance };
}

function delay(timing: Timing | undefined, path: string): Delay | undefined {
  if (timing === undefined) return undefined;
  return { afterMs: ms(timing.after, `${path}.after`), jitterMs: ms(timing.jitter, `${path}.jitter`) };
}

function ms(text: string | undefined, path: string): number {
  if (text === undefined) return 0;
  const length = at(path, () => parseDuration(text));
  if (length < 0) throw new ScenarioError(`${path}: must not be negative`);
  return length;
}

function amount(text: string | undefined): number | undefined {
  return text === undefined ? undefined : quantityToNumber(parseQuantity(text));
}

function oneOf<Choice extends string>(text: string, choices: readonly Choice[], path: string): Choice {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new ScenarioError(`${path}: "${text}" is none of ${choices.join(', ')}`);
  return found;
}

/** Says where in the file it was. */
function at<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof DurationError || error instanceof SelectorError || error instanceof AddressRangeError)
      throw new ScenarioError(`${path}: ${error.message}`);
    throw error;
  }
}
