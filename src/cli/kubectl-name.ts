import { findProgram } from '../kubelet/runtimes/run-program.ts';

/** How to call kubectl on this machine: by its own name where it is installed. */
export async function kubectlName(): Promise<string> {
  return (await findProgram('kubectl')) === undefined ? './slipway kubectl' : 'kubectl';
}
