/** What an external provider answers, checked: it is a program of somebody else, in whatever language. */
import type { LoadBalancerIngress, LoadBalancerStatus, NodeAddress } from '../../../api/groups/core.v1.ts';
import type { Instance, Route } from '../../provider.ts';

/** @throws Error that names what is wrong. */
export function readInstance(value: unknown): Instance | undefined {
  if (value === null) return undefined;
  const fields = record(value, 'instance');
  const { labels } = fields;
  return {
    providerId: neededText(fields, 'providerId'),
    instanceType: text(fields, 'instanceType'),
    zone: text(fields, 'zone'),
    region: text(fields, 'region'),
    addresses: list(fields['addresses'] ?? [], 'addresses').map(readAddress),
    ...(labels === undefined ? {} : { labels: textRecord(labels, 'labels') }),
    isShutdown: fields['isShutdown'] === true,
  };
}

export function readRoutes(value: unknown): readonly Route[] {
  return list(value, 'routes').map((one) => {
    const fields = record(one, 'routes');
    const nodeName = text(fields, 'nodeName');
    return {
      name: text(fields, 'name'),
      nodeName: nodeName === '' ? undefined : nodeName,
      destination: neededText(fields, 'destination'),
    };
  });
}

export function readStatus(value: unknown): LoadBalancerStatus {
  const fields = record(value, 'status');
  return { ingress: list(fields['ingress'] ?? [], 'ingress').map(readIngress) };
}

function readIngress(value: unknown): LoadBalancerIngress {
  const fields = record(value, 'ingress');
  const [ip, hostname, ipMode] = [text(fields, 'ip'), text(fields, 'hostname'), text(fields, 'ipMode')];
  if (ip === '' && hostname === '') throw wrong('ingress', 'has neither "ip" nor "hostname"');
  return {
    ...(ip === '' ? {} : { ip }),
    ...(hostname === '' ? {} : { hostname }),
    ...(ipMode === '' ? {} : { ipMode }),
  };
}

function readAddress(value: unknown): NodeAddress {
  const fields = record(value, 'addresses');
  return { type: neededText(fields, 'type'), address: neededText(fields, 'address') };
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrong(name, 'must be an object');
}

function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(name, 'must be a list');
}

function textRecord(value: unknown, name: string): Readonly<Record<string, string>> {
  const fields = record(value, name);
  if (Object.values(fields).every((one) => typeof one === 'string')) return fields as Record<string, string>;
  throw wrong(name, 'must have texts');
}

function text(fields: Fields, name: string): string {
  const value = fields[name] ?? '';
  if (typeof value === 'string') return value;
  throw wrong(name, 'must be a text');
}

function neededText(fields: Fields, name: string): string {
  const value = text(fields, name);
  if (value !== '') return value;
  throw wrong(name, 'is missing');
}

function wrong(name: string, what: string): Error {
  return new Error(`the answer of the provider is wrong: "${name}" ${what}`);
}
