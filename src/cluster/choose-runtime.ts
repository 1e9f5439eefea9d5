/** Decides what runs a node's containers, and says why when it is not the real thing. */
import { SetupError } from './setup-error.ts';

export type RuntimeWish = 'auto' | 'containerd' | 'simulated';

export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  /** Packages that a node with containerd needs and this machine does not have. */
  readonly missing: readonly string[];
  /** The missing ones can be installed here. */
  readonly canInstall: boolean;
}

export type RuntimeChoice =
  /** `install`: what must be installed first. */
  | { readonly runtime: 'containerd'; readonly install: readonly string[] }
  /** `because`: undefined when it was asked for. */
  | { readonly runtime: 'simulated'; readonly because: string | undefined };

/** @throws SetupError when containerd was asked for and cannot run here. */
export function chooseRuntime(wish: RuntimeWish, facts: MachineFacts): RuntimeChoice {
  if (wish === 'simulated') return { runtime: 'simulated', because: undefined };
  const obstacle = obstacleToContainerd(facts);
  if (obstacle === undefined) return { runtime: 'containerd', install: facts.missing };
  if (wish === 'auto') return { runtime: 'simulated', because: obstacle };
  throw new SetupError(
    `Cannot run containers with containerd: ${obstacle}. Mend that, or start with --runtime simulated`,
  );
}

const platformNames: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'macOS', win32: 'Windows' };

function obstacleToContainerd({ platform, isRoot, missing, canInstall }: MachineFacts): string | undefined {
  if (platform !== 'linux') return `containers need Linux, this is ${platformNames[platform] ?? platform}`;
  if (!isRoot) return 'containers need root';
  if (missing.length === 0 || canInstall) return undefined;
  return `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed`;
}
