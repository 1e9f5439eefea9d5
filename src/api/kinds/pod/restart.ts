/** Which containers run again when they have ended: their own rules come first, then their own policy, then the pod's. */
import type { Container, PodSpec } from '../../groups/core.v1.ts';

/** A rule of any container may start all of them again. */
export function couldAllRestart({ containers, initContainers }: PodSpec): boolean {
  return [...(initContainers ?? []), ...(containers ?? [])].some(({ restartPolicyRules }) =>
    (restartPolicyRules ?? []).some(({ action }) => action === 'RestartAllContainers'),
  );
}

export function startsAgain(container: Container, { restartPolicy }: PodSpec, exitCode: number): boolean {
  const own = container.restartPolicy;
  if (own != null && (container.restartPolicyRules ?? []).some((rule) => meets(rule, exitCode))) return true;
  switch (own ?? restartPolicy) {
    case 'OnFailure':
      return exitCode !== 0;
    case 'Never':
      return false;
    default:
      return true;
  }
}

function meets({ exitCodes }: NonNullable<Container['restartPolicyRules']>[number], exitCode: number): boolean {
  if (exitCodes == null) return false;
  const named = (exitCodes.values ?? []).includes(exitCode);
  return exitCodes.operator === 'In' ? named : exitCodes.operator === 'NotIn' && !named;
}
