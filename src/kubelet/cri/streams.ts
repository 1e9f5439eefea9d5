/**
 * The streaming half of the Container Runtime Interface: its calls answer the URL of a server of the runtime's, where
 * exec, attach and port-forward run over SPDY/3.1 as between kubectl and the API server.
 */
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { RuntimeError, type ProcessStreams, type StreamRequest } from '../runtimes/runtime.ts';
import { parseExecStatus } from '../streaming/exec-status.ts';
import { portForwardProtocol } from '../streaming/port-forward.ts';
import { connectSpdy } from '../streaming/spdy-client.ts';
import { printTerminalSize } from '../streaming/terminal-resize.ts';

export async function openProcess(url: string, request: StreamRequest): Promise<ProcessStreams> {
  const connection = await connectSpdy(url, 'v4.channel.k8s.io');
  const open = async (wanted: boolean, streamtype: string, receiveOnly: boolean) => {
    if (!wanted) return undefined;
    const stream = await connection.open({ streamtype }, { receiveOnly });
    stream.on('error', () => undefined);
    return stream;
  };
  const error = await open(true, 'error', true);
  const stdin = await open(request.stdin, 'stdin', false);
  const stdout = await open(request.stdout, 'stdout', true);
  const stderr = await open(request.stderr && !request.tty, 'stderr', true);
  const resize = await open(request.tty, 'resize', false);
  if (error === undefined) throw new RuntimeError('Unknown', 'Stream for errors is missing');
  for (const outgoing of [stdin, resize]) outgoing?.resume();
  const exitCode = text(error).then((status) => {
    const outcome = parseExecStatus(status);
    if ('error' in outcome) throw new RuntimeError('Unknown', outcome.error);
    return outcome.exitCode;
  });
  exitCode.catch(() => undefined);
  return {
    stdin,
    stdout,
    stderr,
    exitCode,
    resize: (size) => void resize?.write(printTerminalSize(size)),
    close: () => connection.close(),
  };
}

let lastRequestId = 0;

export async function openPortForward(url: string, port: number): Promise<Duplex> {
  const connection = await connectSpdy(url, portForwardProtocol);
  const headers = { port: String(port), requestid: String(lastRequestId++) };
  const error = await connection.open({ ...headers, streamtype: 'error' });
  const data = await connection.open({ ...headers, streamtype: 'data' });
  error.end();
  // containerd ends the data before it says what went wrong, so the end counts only with the verdict.
  const verdict = text(error);
  verdict.catch(() => undefined);
  const joined = new Duplex({
    read: () => void data.resume(),
    write: (chunk: Buffer, _encoding, done) => void data.write(chunk, done),
    final: (done) => void data.end(done),
    destroy(reason, done) {
      connection.close();
      done(reason);
    },
  });
  data.on('error', (reason) => joined.destroy(reason));
  data.on('data', (chunk: Buffer) => {
    if (!joined.push(chunk)) data.pause();
  });
  data.on('end', () => {
    const succeed = (): unknown => joined.push(null);
    verdict.then((message) => {
      if (message === '') return succeed();
      return joined.destroy(new RuntimeError('Unknown', message));
    }, succeed);
  });
  return joined;
}
