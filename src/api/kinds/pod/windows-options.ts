/** What Windows knows of the user of a container, and containers that run as processes of their host. */
import { invalid, type FieldError } from '../../field-error.ts';
import type { PodSpec, WindowsSecurityContextOptions } from '../../groups/core.v1.ts';
import { subdomainErrors } from '../../names.ts';
import { containersInOrder } from './containers-in-order.ts';

const maxSpecKib = 64;
const maxDomainLength = 256;
const maxUserLength = 104;
const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsPart = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const dnsName = new RegExp(`^${dnsPart}(?:\\.${dnsPart})*$`);

export function windowsOptionsErrors(
  options: WindowsSecurityContextOptions | undefined,
  field: string,
): readonly FieldError[] {
  if (options == null) return [];
  const { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName } = options;
  const errors: FieldError[] = [];
  if (gmsaCredentialSpecName != null) {
    const at = `${field}.gmsaCredentialSpecName`;
    errors.push(...subdomainErrors(gmsaCredentialSpecName).map((text) => invalid(at, gmsaCredentialSpecName, text)));
  }
  if (gmsaCredentialSpec != null) {
    const at = `${field}.gmsaCredentialSpec`;
    const size = Buffer.byteLength(gmsaCredentialSpec);
    if (size === 0) errors.push(invalid(at, '', 'gmsaCredentialSpec cannot be an empty string'));
    else if (size > maxSpecKib * 1024) {
      errors.push(invalid(at, gmsaCredentialSpec, `gmsaCredentialSpec size must be under ${maxSpecKib} KiB`));
    }
  }
  if (runAsUserName == null) return errors;
  const at = `${field}.runAsUserName`;
  return [...errors, ...userNameErrors(runAsUserName).map((text) => invalid(at, runAsUserName, text))];
}

/** `USER`, or `DOMAIN\USER`. */
function userNameErrors(name: string): readonly string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (/\p{Cc}/u.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? parts[0] : undefined;
  const texts: string[] = [];
  if (domain !== undefined && Buffer.byteLength(domain) >= maxDomainLength) {
    texts.push(`runAsUserName's Domain length must be under ${maxDomainLength} characters`);
  }
  if (domain !== undefined && !netBiosName.test(domain) && !dnsName.test(domain)) {
    texts.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === '') texts.push("runAsUserName's User cannot be empty");
  else if (Buffer.byteLength(user) > maxUserLength) {
    texts.push(`runAsUserName's User length must not be longer than ${maxUserLength} characters`);
  }
  if (/^[. ]+$/.test(user)) texts.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    texts.push(`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`);
  }
  return texts;
}

/** Either all containers are processes of the host or none, and they share its network. */
export function hostProcessErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const containers = containersInOrder(spec);
  const errors: FieldError[] = [];
  for (const { path, container } of containers) {
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (ofPod == null || own == null || ofPod === own) continue;
    const detail = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
    errors.push(invalid(`${field}.${path}.securityContext.windowsOptions.hostProcess`, own, detail));
  }
  const processes = containers.filter(
    ({ container }) => (container.securityContext?.windowsOptions?.hostProcess ?? ofPod) === true,
  );
  if (processes.length === 0) return errors;
  if (processes.length !== containers.length) {
    const detail = 'If pod contains any hostProcess containers then all containers must be HostProcess containers';
    errors.push(invalid(field, '', detail));
  }
  if (spec.hostNetwork !== true) {
    const detail = 'hostNetwork must be true if pod contains any hostProcess containers';
    errors.push(invalid(`${field}.hostNetwork`, false, detail));
  }
  return errors;
}
