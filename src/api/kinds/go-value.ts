/**
 * Values as the original prints them in errors: structs of its own, all fields, Go's names. Clients see these texts.
 */
import type { PodResourceClaim, SecurityContext, Toleration } from '../groups/core.v1.ts';

export const goValue = {
  toleration: ({ key, operator, value, effect, tolerationSeconds }: Toleration): unknown => ({
    Key: key ?? '',
    Operator: operator ?? '',
    Value: value ?? '',
    Effect: effect ?? '',
    TolerationSeconds: tolerationSeconds ?? null,
  }),

  podResourceClaim: ({ name, resourceClaimName, resourceClaimTemplateName }: PodResourceClaim): unknown => ({
    Name: name,
    ResourceClaimName: resourceClaimName ?? null,
    ResourceClaimTemplateName: resourceClaimTemplateName ?? null,
  }),

  securityContext: (context: SecurityContext): unknown => ({
    Capabilities:
      context.capabilities == null
        ? null
        : { Add: context.capabilities.add ?? null, Drop: context.capabilities.drop ?? null },
    Privileged: context.privileged ?? null,
    SELinuxOptions: capitalised(context.seLinuxOptions, ['user', 'role', 'type', 'level']),
    WindowsOptions: capitalised(context.windowsOptions, [
      'gmsaCredentialSpecName',
      'gmsaCredentialSpec',
      'runAsUserName',
      'hostProcess',
    ]),
    RunAsUser: context.runAsUser ?? null,
    RunAsGroup: context.runAsGroup ?? null,
    RunAsNonRoot: context.runAsNonRoot ?? null,
    ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
    AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
    ProcMount: context.procMount ?? null,
    SeccompProfile: capitalised(context.seccompProfile, ['type', 'localhostProfile']),
    AppArmorProfile: capitalised(context.appArmorProfile, ['type', 'localhostProfile']),
  }),
};

function capitalised<T extends object>(value: T | undefined, names: readonly (keyof T & string)[]): unknown {
  if (value == null) return null;
  return Object.fromEntries(names.map((name) => [name.charAt(0).toUpperCase() + name.slice(1), value[name] ?? null]));
}
