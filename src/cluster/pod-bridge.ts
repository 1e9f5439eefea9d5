/**
 * The bridge of a node's pods, made before the first pod: the node's DNS listens on its address. The network plug-in finds
 * it there and gives it the same address again.
 */
import { runProgram } from '../kubelet/runtimes/run-program.ts';

export async function createPodBridge(name: string, gateway: string): Promise<void> {
  await runProgram('ip', ['link', 'add', name, 'type', 'bridge']);
  await runProgram('ip', ['address', 'add', `${gateway}/24`, 'broadcast', '+', 'dev', name]);
  await runProgram('ip', ['link', 'set', name, 'up']);
}
