/** What the workers of a node's pods share: the node's parts, put together once in kubelet.ts. */
import type { Service } from '../../api/groups/core.v1.ts';
import type { ComponentContext } from '../../client/component.ts';
import type { EventRecorder } from '../../client/events.ts';
import type { Informer } from '../../client/informer.ts';
import type { Images } from '../containers/images.ts';
import type { PodCgroups } from '../node/cgroups.ts';
import type { NodePaths } from '../paths.ts';
import type { Prober } from '../probes/prober.ts';
import type { ContainerRuntime } from '../runtimes/runtime.ts';
import type { DnsSettings } from '../sandboxes/dns.ts';
import type { Mounts } from '../volumes/mounts.ts';
import type { ServiceAccountTokens } from '../volumes/service-account-tokens.ts';
import type { WatchedObjects } from '../volumes/watched-objects.ts';
import type { StatusWriter } from './status-writer.ts';

export interface NodeServices extends ComponentContext {
  readonly nodeName: string;
  readonly nodeIps: readonly string[];
  /** What pods of this node may use altogether. */
  readonly allocatable: Readonly<Record<string, string>>;
  readonly memoryCapacityBytes: number;
  readonly runtime: ContainerRuntime;
  /** Such as `containerd`. */
  readonly runtimeName: string;
  readonly paths: NodePaths;
  readonly dns: DnsSettings;
  readonly mounts: Mounts;
  /** Absent where the machine has no control groups for us. */
  readonly cgroups: PodCgroups | undefined;
  readonly images: Images;
  readonly objects: WatchedObjects;
  readonly tokens: ServiceAccountTokens;
  readonly services: Informer<Service>;
  readonly events: EventRecorder;
  readonly prober: Prober;
  readonly statuses: StatusWriter;
  /** Something was started or stopped: look at the runtime again soon. */
  expectChange(): void;
}
