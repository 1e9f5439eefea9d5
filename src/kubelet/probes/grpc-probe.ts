/** A probe by the gRPC health checking protocol (grpc.health.v1.Health/Check): SERVING is success. */
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import type { GRPCAction } from '../../api/groups/core.v1.ts';
import type { ProbeResult, ProbeTarget } from './probe-target.ts';

const statusNames = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

export function probeByGrpc(
  { port, service }: GRPCAction,
  { podIp }: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeResult> {
  const address = podIp.includes(':') ? `[${podIp}]:${port}` : `${podIp}:${port}`;
  const client = new Client(address, credentials.createInsecure());
  return new Promise((resolve) => {
    const answered = (error: ServiceError | null, status?: number): void => {
      client.close();
      if (error !== null) return resolve({ ok: false, output: `error: health rpc failed: ${error.message}` });
      const name = statusNames[status ?? 0] ?? 'UNKNOWN';
      const output = name === 'SERVING' ? '' : `service unhealthy (responded with "${name}")`;
      resolve({ ok: name === 'SERVING', output });
    };
    const options = { deadline: Date.now() + timeoutMs };
    client.makeUnaryRequest('/grpc.health.v1.Health/Check', encode, decode, service ?? '', options, answered);
  });
}

/** HealthCheckRequest: field 1 is the service's name. */
function encode(service: string): Buffer {
  const name = Buffer.from(service);
  if (name.length === 0) return name;
  return Buffer.concat([Buffer.from([0x0a, name.length]), name]);
}

/** HealthCheckResponse: field 1 is the status. */
function decode(message: Buffer): number {
  return message[0] === 0x08 ? (message[1] ?? 0) : 0;
}
