/** One container of a pod from its spec to a running process: image, configuration, creation, start, postStart hook. */
import type { Pod, Secret } from '../../api/groups/core.v1.ts';
import { ConfigMaps, Secrets } from '../../api/resources.ts';
import { errorText } from '../../base/log.ts';
import { referenceTo } from '../../api/objects/object-reference.ts';
import { containerLogPath, hostsFile, messageFile, subPathDirectory } from '../paths.ts';
import type { PodContainer } from '../pods/pod-containers.ts';
import type { NodeServices } from '../pods/node-services.ts';
import { RuntimeError, type ContainerConfig, type Image, type SandboxConfig } from '../runtimes/runtime.ts';
import { ConfigError } from './config-error.ts';
import { containerMounts } from './container-mounts.ts';
import { containerEnvironment, type EnvironmentSources } from './environment.ts';
import { expandReferences } from './expand.ts';
import type { FieldFacts } from './field-value.ts';
import { containerAnnotations, containerLabels } from './labels.ts';
import { runHook } from './lifecycle-hook.ts';
import { registryAuths } from './registry-auth.ts';
import { linuxResources } from './resources.ts';
import { containerSecurity } from './security.ts';
import { linkedServices, serviceVariables } from './service-environment.ts';

export interface StartRequest {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly attempt: number;
  readonly sandboxId: string;
  readonly sandboxConfig: SandboxConfig;
  readonly podIps: readonly string[];
  /** Paths on this machine by volume name. */
  readonly volumes: ReadonlyMap<string, string>;
  /** Id of the container whose processes an ephemeral one sees. */
  readonly targetId?: string | undefined;
  /** Ends the attempt between its steps. */
  readonly signal: AbortSignal;
}

export type StartOutcome =
  | { readonly ok: true; readonly containerId: string }
  | { readonly ok: false; readonly reason: string; readonly message: string; readonly retryAtMs: number };

const retryMs = 10_000;

/** Expected failures are answered; they were told as events already. */
export async function startContainer(node: NodeServices, request: StartRequest): Promise<StartOutcome> {
  const { pod, container, signal } = request;
  const reference = referenceTo(pod, fieldPath(container));
  const event = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    node.events.event(reference, type, reason, message);
  const auths = registryAuths(await pullSecrets(node, pod), container.spec.image ?? '');
  const outcome = await node.images.ensure(pod, container.spec, auths, { event });
  signal.throwIfAborted();
  if (!outcome.ok) {
    event('Warning', 'Failed', `Error: ${outcome.reason}`);
    return outcome;
  }
  try {
    const containerId = await createAndStart(node, request, outcome.image, event);
    return { ok: true, containerId };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const message = errorText(error);
    if (error.reason !== 'PostStartHookError') event('Warning', 'Failed', `Error: ${message}`);
    return { ok: false, reason: error.reason, message, retryAtMs: node.clock.now() + retryMs };
  }
}

/** The part of the pod that events of a container are about. */
export function fieldPath({ role, spec }: PodContainer): string {
  const lists = {
    init: 'initContainers',
    sidecar: 'initContainers',
    main: 'containers',
    ephemeral: 'ephemeralContainers',
  };
  return `spec.${lists[role]}{${spec.name}}`;
}

async function pullSecrets(node: NodeServices, pod: Pod): Promise<readonly Secret[]> {
  const { namespace, uid } = pod.metadata;
  const names = (pod.spec.imagePullSecrets ?? []).map(({ name = '' }) => name);
  const secrets = await Promise.all(names.map((name) => node.objects.get(Secrets, namespace, name, uid)));
  return secrets.filter((secret) => secret !== undefined);
}

async function createAndStart(
  node: NodeServices,
  request: StartRequest,
  image: Image,
  event: (type: 'Normal' | 'Warning', reason: string, message: string) => void,
): Promise<string> {
  const { pod, container, sandboxId, sandboxConfig, signal } = request;
  const config = await containerConfig(node, request, image);
  signal.throwIfAborted();
  const { containers } = node.runtime;
  const containerId = await rephrased('CreateContainerError', () =>
    containers.create(sandboxId, config, sandboxConfig),
  );
  event('Normal', 'Created', 'Container created');
  signal.throwIfAborted();
  await rephrased('RunContainerError', () => containers.start(containerId));
  event('Normal', 'Started', 'Container started');
  node.expectChange();
  const hook = container.spec.lifecycle?.postStart;
  if (hook === undefined) return containerId;
  const { runtime, clock } = node;
  const target = { runtime, clock, containerId, container: container.spec, podIp: request.podIps[0] ?? '' };
  try {
    await runHook(hook, target, signal);
  } catch (error) {
    signal.throwIfAborted();
    event('Warning', 'FailedPostStartHook', 'PostStartHook failed');
    event('Normal', 'Killing', `FailedPostStartHook`);
    await containers.stop(containerId, pod.spec.terminationGracePeriodSeconds ?? 30);
    throw new ConfigError(errorText(error), 'PostStartHookError', { cause: error });
  }
  return containerId;
}

async function rephrased<T>(reason: 'CreateContainerError' | 'RunContainerError', act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof RuntimeError) throw new ConfigError(error.message, reason, { cause: error });
    throw error;
  }
}

function readOnlyVolumes({ spec }: Pod): ReadonlySet<string> {
  const volumes = spec.volumes ?? [];
  return new Set(volumes.filter((one) => one.persistentVolumeClaim?.readOnly === true).map(({ name }) => name));
}

async function containerConfig(node: NodeServices, request: StartRequest, image: Image): Promise<ContainerConfig> {
  const { pod, container, attempt } = request;
  const { spec } = container;
  const { uid } = pod.metadata;
  const variables = await containerEnvironment({
    container: spec,
    facts: fieldFacts(node, pod, request.podIps),
    services: serviceVariables(
      linkedServices(node.services.list(), pod.metadata.namespace, pod.spec.enableServiceLinks !== false),
    ),
    sources: environmentSources(node, pod),
  });
  const mounts = await containerMounts(spec, {
    volumes: request.volumes,
    readOnlyVolumes: readOnlyVolumes(pod),
    variables,
    hostsFile: hostsFile(node.paths, uid),
    messageFile: messageFile(node.paths, uid, spec.name, attempt),
    mounts: node.mounts,
    subPathDirectory: subPathDirectory(node.paths, uid, spec.name, attempt),
  });
  const expanded = (texts: readonly string[] = []): readonly string[] =>
    texts.map((text) => expandReferences(text, variables));
  const security = containerSecurity(pod, spec, image);
  const { targetId } = request;
  return {
    metadata: { name: spec.name, attempt },
    image: image.id,
    command: expanded(spec.command),
    args: expanded(spec.args),
    ...(spec.workingDir === undefined ? {} : { workingDirectory: spec.workingDir }),
    env: [...variables].map(([name, value]) => ({ name, value })),
    mounts,
    labels: containerLabels(pod, container),
    annotations: containerAnnotations(pod, container, attempt),
    logPath: containerLogPath(spec.name, attempt),
    stdin: spec.stdin === true,
    stdinOnce: spec.stdinOnce === true,
    tty: spec.tty === true,
    resources: linuxResources(pod, spec.resources, node.memoryCapacityBytes),
    security:
      targetId === undefined || security.namespaces === undefined
        ? security
        : { ...security, namespaces: { ...security.namespaces, pid: 'target', targetId } },
  };
}

export function fieldFacts(node: NodeServices, pod: Pod, podIps: readonly string[]): FieldFacts {
  const { nodeName, nodeIps, allocatable } = node;
  return { pod, nodeName, nodeIps, podIps, allocatable };
}

function environmentSources({ objects }: NodeServices, pod: Pod): EnvironmentSources {
  const { namespace, uid } = pod.metadata;
  return {
    async configMap(name) {
      const found = await objects.get(ConfigMaps, namespace, name, uid);
      return found === undefined ? undefined : (found.data ?? {});
    },
    async secret(name) {
      const found = await objects.get(Secrets, namespace, name, uid);
      if (found === undefined) return undefined;
      const decoded = Object.entries(found.data ?? {}).map(([key, value]) => [
        key,
        Buffer.from(value, 'base64').toString(),
      ]);
      return Object.fromEntries(decoded) as Readonly<Record<string, string>>;
    },
  };
}
