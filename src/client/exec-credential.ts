/**
 * Credentials that a program gives (cloud providers' login helpers): client.authentication.k8s.io, ExecCredential.
 * The program runs without a terminal; what it answers is kept until it expires or the server rejects it.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { JsonObject } from '../api/schema.ts';
import type { Clock } from '../base/clock.ts';
import type { Credential } from './credential.ts';

export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told to the program when it asks for it. */
  readonly cluster: JsonObject | undefined;
  readonly installHint: string | undefined;
}

export interface ExecCredential {
  /** When the program identifies by certificate rather than by token. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly credential: Credential;
}

const apiVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const programTimeoutMs = 60_000;

interface Answer {
  readonly token?: string;
  readonly expirationTimestamp?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
}

/** Runs the program once; again when its token expires. */
export async function execCredential(plugin: ExecPlugin, clock: Clock): Promise<ExecCredential> {
  if (!apiVersions.includes(plugin.apiVersion)) {
    throw new Error(
      `Cannot run "${plugin.command}": its apiVersion "${plugin.apiVersion}" is none of ${apiVersions.join(', ')}`,
    );
  }
  let answer = await runPlugin(plugin);
  return {
    cert: answer.clientCertificateData,
    key: answer.clientKeyData,
    credential: {
      async authorization(rejected) {
        const { expirationTimestamp } = answer;
        const expired = expirationTimestamp !== undefined && Date.parse(expirationTimestamp) <= clock.now();
        if (rejected || expired) answer = await runPlugin(plugin);
        return answer.token === undefined ? undefined : `Bearer ${answer.token}`;
      },
    },
  };
}

async function runPlugin(plugin: ExecPlugin): Promise<Answer> {
  const { apiVersion, command, args, environment, cluster, installHint } = plugin;
  const spec = { interactive: false, ...(cluster === undefined ? {} : { cluster }) };
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
  let output: string;
  try {
    const env = { ...environment, KUBERNETES_EXEC_INFO: info };
    output = (await promisify(execFile)(command, args, { env, timeout: programTimeoutMs })).stdout;
  } catch (error) {
    const hint = installHint === undefined ? '' : `; ${installHint.trim()}`;
    throw new Error(`Cannot get credentials from "${command}"${hint}`, { cause: error });
  }
  return readAnswer(command, apiVersion, output);
}

function readAnswer(command: string, apiVersion: string, output: string): Answer {
  const said = parse(output);
  if (said?.kind !== 'ExecCredential' || said.apiVersion !== apiVersion || said.status === undefined) {
    throw new Error(`Cannot use what "${command}" printed: it is no ExecCredential of ${apiVersion} with a status`);
  }
  const { token, clientCertificateData, clientKeyData } = said.status;
  if (token === undefined && (clientCertificateData === undefined || clientKeyData === undefined)) {
    throw new Error(`Cannot use what "${command}" printed: it has neither a token nor a certificate with its key`);
  }
  return said.status;
}

interface Printed {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly status?: Answer;
}

function parse(output: string): Printed | undefined {
  try {
    return JSON.parse(output) as Printed;
  } catch {
    return undefined;
  }
}
