/** A probe's port: a number, or the name of one of the container's ports. */
import type { Container } from '../../api/groups/core.v1.ts';
import type { IntOrString } from '../../api/int-or-string.ts';

/** @throws when the container has no port of the name. */
export function portNumber(port: IntOrString, container: Container): number {
  if (typeof port === 'number') return port;
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  const number = named ?? Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new Error(`couldn't find port: ${JSON.stringify(port)} in container ${container.name}`);
  }
  return number;
}
