/** Devices and claims on them for the tests of the scheduler. */
import type {
  Device,
  DeviceClaim,
  DeviceClass,
  DeviceClassSpec,
  DeviceRequest,
  ExactDeviceRequest,
  ResourceClaim,
  ResourceClaimStatus,
  ResourceSlice,
  ResourceSliceSpec,
} from '../api/groups/resource.v1.ts';
import type { DeviceSource } from './devices.ts';

export interface TestDevices {
  readonly claims?: readonly ResourceClaim[];
  readonly slices?: readonly ResourceSlice[];
  readonly classes?: readonly DeviceClass[];
}

/** A source of exactly these objects, which never changes. */
export function fixedDevices({ claims = [], slices = [], classes = [] }: TestDevices): DeviceSource {
  return {
    claim: (namespace, name) =>
      claims.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
    claims: () => claims,
    slices: () => slices,
    classes: () => classes,
    deviceClass: (name) => classes.find(({ metadata }) => metadata.name === name),
  };
}

function stored(name: string) {
  return { name, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };
}

/** Devices of gpu.example.com on a node: a pool of the node's name in one slice. */
export function testResourceSlice(
  nodeName: string,
  devices: readonly Device[],
  more: Partial<ResourceSliceSpec> = {},
): ResourceSlice {
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceSlice',
    metadata: stored(`slice-${nodeName}`),
    spec: {
      driver: 'gpu.example.com',
      nodeName,
      pool: { name: nodeName, generation: 1, resourceSliceCount: 1 },
      devices,
      ...more,
    },
  };
}

/** An expression of a class that takes devices of gpu.example.com only. */
export function testDeviceClass(
  name: string,
  expression = 'device.driver == "gpu.example.com"',
  more: Partial<DeviceClassSpec> = {},
): DeviceClass {
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'DeviceClass',
    metadata: stored(name),
    spec: { selectors: [{ cel: { expression } }], ...more },
  };
}

/** A request for one device of the class gpu, unless it says otherwise. */
export function testRequest(name: string, more: Partial<ExactDeviceRequest> = {}): DeviceRequest {
  return { name, exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1, ...more } };
}

export function testResourceClaim(name: string, devices: DeviceClaim, status: ResourceClaimStatus = {}): ResourceClaim {
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { ...stored(name), namespace: 'default' },
    spec: { devices },
    status,
  };
}

/** A pod's use of these claims. */
export function usingResourceClaims(...names: readonly string[]) {
  return { resourceClaims: names.map((name) => ({ name, resourceClaimName: name })) };
}
