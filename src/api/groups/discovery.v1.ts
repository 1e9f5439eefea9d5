/** The types of group discovery, version v1. */
import { namespaced } from '../kind.ts';
import { ObjectReference } from './core.v1.ts';
import {
  always,
  boolean,
  int32,
  list,
  map,
  namedString,
  object,
  optional,
  pointer,
  required,
  string,
  type Static,
} from '../schema.ts';

export const EndpointConditions = object('io.k8s.api.discovery.v1.EndpointConditions', {
  ready: pointer(1, boolean),
  serving: pointer(2, boolean),
  terminating: pointer(3, boolean),
});
export interface EndpointConditions extends Static<typeof EndpointConditions> {}

export const ForNode = object('io.k8s.api.discovery.v1.ForNode', {
  name: required(1, string),
});
export interface ForNode extends Static<typeof ForNode> {}

export const ForZone = object('io.k8s.api.discovery.v1.ForZone', {
  name: required(1, string),
});
export interface ForZone extends Static<typeof ForZone> {}

export const EndpointHints = object('io.k8s.api.discovery.v1.EndpointHints', {
  forZones: optional(1, list(ForZone)),
  forNodes: optional(2, list(ForNode)),
});
export interface EndpointHints extends Static<typeof EndpointHints> {}

export const Endpoint = object('io.k8s.api.discovery.v1.Endpoint', {
  addresses: required(1, list(string, { listType: 'set' })),
  conditions: always(2, EndpointConditions),
  hostname: pointer(3, string),
  targetRef: pointer(4, ObjectReference),
  deprecatedTopology: optional(5, map(string)),
  nodeName: pointer(6, string),
  zone: pointer(7, string),
  hints: pointer(8, EndpointHints),
});
export interface Endpoint extends Static<typeof Endpoint> {}

export const EndpointPort = object(
  'io.k8s.api.discovery.v1.EndpointPort',
  {
    name: pointer(1, string),
    protocol: pointer(2, namedString('v1.Protocol')),
    port: pointer(3, int32),
    appProtocol: pointer(4, string),
  },
  { atomic: true },
);
export interface EndpointPort extends Static<typeof EndpointPort> {}

export const EndpointSlice = namespaced('discovery.k8s.io/v1', 'io.k8s.api.discovery.v1.EndpointSlice', {
  addressType: required(4, namedString('v1.AddressType')),
  endpoints: always(2, list(Endpoint)),
  ports: always(3, list(EndpointPort)),
});
export interface EndpointSlice extends Static<typeof EndpointSlice> {}
