/** What the system says of this process, and who it is. Read off when metrics are read. */
import { readdirSync, readFileSync } from 'node:fs';
import { versionInfo } from '../version.ts';
import type { Registry } from '../../base/metrics.ts';

const pageBytes = 4096;

export function registerProcessMetrics(registry: Registry): void {
  const gauge = (name: string, help: string) => registry.gauge({ name, help }).of();
  const cpu = registry.counter({ name: 'process_cpu_seconds_total', help: 'Processor time used' }).of();
  const resident = gauge('process_resident_memory_bytes', 'Memory in use');
  const started = gauge('process_start_time_seconds', 'When the process began, in seconds since 1970');
  registry.collect(() => {
    const { user, system } = process.cpuUsage();
    cpu.set((user + system) / 1e6);
    resident.set(process.memoryUsage.rss());
    started.set(Math.round((Date.now() - process.uptime() * 1000) / 10) / 100);
  });
  const heap = registry.gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: 'JavaScript objects, in the place of the go_memstats of the original',
  });
  registry.collect(() => heap.of().set(process.memoryUsage().heapUsed));
  if (process.platform === 'linux') registerLinuxMetrics(registry);
  const { gitVersion, gitCommit, gitTreeState, buildDate, major, minor, platform } = versionInfo;
  const build = registry.gauge({
    name: 'kubernetes_build_info',
    help: 'Version of Kubernetes that is served; always 1',
    labels: ['build_date', 'git_commit', 'git_tree_state', 'git_version', 'major', 'minor', 'platform'],
  });
  const compatible = registry.gauge({
    name: 'version_info',
    help: 'Versions that the server behaves as; always 1',
    labels: ['component', 'binary', 'emulation', 'min_compat'],
  });
  const version = `${major}.${minor}`;
  compatible.of('kube', version, version, `${major}.${Number(minor) - 1}`).set(1);
  build.of(...[buildDate, gitCommit, gitTreeState, gitVersion, major, minor, platform].map(String)).set(1);
}

function registerLinuxMetrics(registry: Registry): void {
  const gauge = (name: string, help: string) => registry.gauge({ name, help }).of();
  const counter = (name: string, help: string) => registry.counter({ name, help }).of();
  const openFiles = gauge('process_open_fds', 'Open file descriptors');
  const maxFiles = gauge('process_max_fds', 'File descriptors that may be open');
  const virtual = gauge('process_virtual_memory_bytes', 'Address space in use');
  const maxVirtual = gauge('process_virtual_memory_max_bytes', 'Address space that may be used; -1: no limit');
  const received = counter('process_network_receive_bytes_total', 'Bytes that came over the network');
  const sent = counter('process_network_transmit_bytes_total', 'Bytes that went over the network');
  registry.collect(() => {
    openFiles.set(readdirSync('/proc/self/fd').length);
    const limits = readFileSync('/proc/self/limits', 'utf8');
    maxFiles.set(limitOf(limits, 'Max open files'));
    maxVirtual.set(limitOf(limits, 'Max address space'));
    virtual.set(Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[0]) * pageBytes);
    const network = networkBytes(readFileSync('/proc/self/net/netstat', 'utf8'));
    received.set(network.received);
    sent.set(network.sent);
  });
}

function limitOf(limits: string, name: string): number {
  const soft = new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(limits)?.[1];
  return soft === undefined || soft === 'unlimited' ? -1 : Number(soft);
}

/** The lines of a protocol come in pairs: names, then values. */
function networkBytes(text: string): { readonly received: number; readonly sent: number } {
  const lines = text.split('\n').filter((line) => line.startsWith('IpExt:'));
  const [names = [], values = []] = lines.map((line) => line.split(' '));
  const value = (name: string): number => Number(values[names.indexOf(name)] ?? 0);
  return { received: value('InOctets'), sent: value('OutOctets') };
}
