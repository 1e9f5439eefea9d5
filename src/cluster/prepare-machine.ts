/** Makes the machine fit for nodes with real containers where that is possible: finds and installs what they need. */
import { errorText } from '../base/log.ts';
import { chooseRuntime, type RuntimeChoice, type RuntimeWish } from './choose-runtime.ts';
import type { Steps } from './steps.ts';
import { canInstallPackages, installPackages, missingNodePackages } from './system-packages.ts';

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
    missing: wish === 'simulated' || process.platform !== 'linux' ? [] : await missingNodePackages(),
    canInstall: await canInstallPackages(),
  });
  if (choice.runtime === 'simulated') return simulated(choice.because ?? 'as asked', steps);
  if (choice.install.length === 0) return 'containerd';
  const names = choice.install.join(', ');
  try {
    await steps.step(`Install ${names} with apt-get`, () => installPackages(choice.install, signal));
    return 'containerd';
  } catch (error) {
    if (wish === 'containerd' || signal.aborted) throw error;
    return simulated(errorText(error), steps);
  }
}

function simulated(because: string, steps: Steps): 'simulated' {
  steps.note(`The nodes are simulated (${because}): pods get their status, no container runs.`);
  return 'simulated';
}
