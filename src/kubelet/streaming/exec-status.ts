/**
 * How a command's end travels on the error stream: since protocol v4 a `Status` object in JSON, before that nothing for
 * success and plain text for failure.
 */
import { errorText } from '../../base/log.ts';

export type ExecOutcome = { readonly exitCode: number } | { readonly error: string };

interface WireStatus {
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

export function printExecStatus(outcome: ExecOutcome, structured: boolean): string {
  if ('error' in outcome) {
    const message = `Internal error occurred: error executing command in container: ${outcome.error}`;
    if (!structured) return message;
    const cause = message.replace('Internal error occurred: ', '');
    const details = { causes: [{ message: cause }] };
    return JSON.stringify({ metadata: {}, status: 'Failure', message, reason: 'InternalError', details, code: 500 });
  }
  const { exitCode } = outcome;
  if (exitCode === 0) return structured ? JSON.stringify({ metadata: {}, status: 'Success' }) : '';
  const message = `command terminated with non-zero exit code: command terminated with exit code ${exitCode}`;
  if (!structured) return message;
  const details = { causes: [{ reason: 'ExitCode', message: String(exitCode) }] };
  return JSON.stringify({ metadata: {}, status: 'Failure', message, reason: 'NonZeroExitCode', details });
}

/** Reads the structured form. No text at all counts as success, as for a peer that just closed. */
export function parseExecStatus(text: string): ExecOutcome {
  if (text === '') return { exitCode: 0 };
  let status: WireStatus;
  try {
    status = JSON.parse(text) as WireStatus;
  } catch (error) {
    return { error: `Cannot read the command's status "${text}": ${errorText(error)}` };
  }
  if (status.status === 'Success') return { exitCode: 0 };
  const exitCode = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (status.reason === 'NonZeroExitCode' && exitCode !== undefined) return { exitCode: Number(exitCode) };
  return { error: status.message ?? text };
}
