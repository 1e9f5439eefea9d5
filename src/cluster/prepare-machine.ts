/** Makes the machine fit for nodes with real containers where that is possible: finds and installs what they need. */
import { chooseRuntime, type RuntimeChoice, type RuntimeWish } from './choose-runtime.ts';
import type { Steps } from './steps.ts';
import { canInstallPackages, installPackages, missingPackages, nodePackages } from './system-packages.ts';

/**
 * Says in one line when the node is only simulated, and why.
 * @throws SetupError when containerd was asked for and cannot run here.
 */
export async function prepareMachine(
  wish: RuntimeWish,
  steps: Steps,
  signal: AbortSignal,
): Promise<RuntimeChoice['runtime']> {
  const choice = chooseRuntime(wish, {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    missing: wish === 'simulated' ? [] : await missingPackages(nodePackages),
    canInstall: await canInstallPackages(),
  });
  if (choice.runtime === 'simulated') {
    const reason = choice.because === undefined ? 'as asked' : choice.because;
    steps.note(`The nodes are simulated (${reason}): pods get their status, no container runs.`);
    return 'simulated';
  }
  if (choice.install.length > 0) {
    const names = choice.install.map((entry) => entry.name).join(', ');
    await steps.step(`Install ${names} with apt-get`, () => installPackages(choice.install, signal));
  }
  return 'containerd';
}
