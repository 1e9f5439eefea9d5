/** The file that describes a simulation, declared like any API type. What each field means is told in docs/simulation.md. */
import { Taint } from '../api/groups/core.v1.ts';
import { message } from '../api/message.ts';
import {
  double,
  int32,
  int64,
  list,
  map,
  object,
  optional,
  pointer,
  quantity,
  required,
  string,
  type Static,
} from '../api/schema.ts';

/** In Go's notation, such as 1m30s; read-scenario.ts tells what is wrong with it, and where. */
const duration = string;

export const simulationVersion = 'simulation.slipway.dev/v1';
const prefix = 'dev.slipway.simulation.v1.';

const Timing = object(`${prefix}Timing`, {
  after: pointer(1, duration),
  jitter: pointer(2, duration),
});
export interface Timing extends Static<typeof Timing> {}

const Finish = object(`${prefix}Finish`, {
  after: pointer(1, duration),
  jitter: pointer(2, duration),
  exitCode: pointer(3, int32),
  reason: optional(4, string),
});

const Incident = object(`${prefix}Incident`, {
  happens: required(1, string),
  after: pointer(2, duration),
  every: pointer(3, duration),
  jitter: pointer(4, duration),
  chance: pointer(5, double),
  lasts: pointer(6, duration),
  exitCode: pointer(7, int32),
  reason: optional(8, string),
  message: optional(9, string),
});
export interface DeclaredIncident extends Static<typeof Incident> {}

const Nodes = object(`${prefix}Nodes`, {
  name: optional(1, string),
  count: pointer(2, int32),
  labels: optional(3, map(string)),
  annotations: optional(4, map(string)),
  taints: optional(5, list(Taint)),
  zones: optional(6, list(string)),
  capacity: optional(7, map(quantity)),
  incidents: optional(8, list(Incident)),
});
export interface DeclaredNodes extends Static<typeof Nodes> {}

const Owner = object(`${prefix}Owner`, {
  kind: required(1, string),
  name: optional(2, string),
});

const Match = object(`${prefix}Match`, {
  namespaces: optional(1, list(string)),
  labelSelector: optional(2, string),
  annotations: optional(3, map(string)),
  owner: optional(4, Owner),
});

const Use = object(`${prefix}Use`, {
  cpu: pointer(1, quantity),
  memory: pointer(2, quantity),
  swing: pointer(3, double),
  period: pointer(4, duration),
});

const Log = object(`${prefix}Log`, {
  text: required(1, string),
  every: pointer(2, duration),
  stream: optional(3, string),
});

const Exec = object(`${prefix}Exec`, {
  command: required(1, string),
  stdout: optional(2, string),
  stderr: optional(3, string),
  exitCode: optional(4, int32),
});

const Pods = object(`${prefix}Pods`, {
  name: optional(1, string),
  match: optional(2, Match),
  start: optional(3, Timing),
  initialize: optional(4, Timing),
  ready: optional(5, Timing),
  finish: optional(6, Finish),
  stop: optional(7, Timing),
  incidents: optional(8, list(Incident)),
  usage: optional(9, Use),
  logs: optional(10, list(Log)),
  exec: optional(11, list(Exec)),
});
export interface DeclaredPods extends Static<typeof Pods> {}

export const Simulation = message(simulationVersion, `${prefix}Simulation`, {
  seed: pointer(1, int64),
  podAddresses: optional(2, string),
  nodes: optional(3, list(Nodes)),
  pods: optional(4, list(Pods)),
});
export interface Simulation extends Static<typeof Simulation> {}
