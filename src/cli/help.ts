/** The texts of `slipway --help` and `slipway COMMAND --help`. */
import type { Command } from './command.ts';
import { commands, type CommandEntry } from './command-list.ts';
import type { Terminal } from './terminal.ts';

export function generalHelp(terminal: Terminal): string {
  const sections = Object.entries(Object.groupBy(commands, (entry) => entry.section));
  const width = Math.max(...commands.map((entry) => entry.name.length));
  const list = sections.map(([section, entries]) => {
    const lines = entries.map((entry) => `  ${entry.name.padEnd(width)}  ${entry.summary}`);
    return `${terminal.style('bold', section)}\n${lines.join('\n')}\n`;
  });
  return [
    'Slipway: Kubernetes in TypeScript.\n',
    `${terminal.style('bold', 'Usage')}\n  slipway COMMAND [flags]\n`,
    ...list,
    'slipway COMMAND --help says more about one.\n',
  ].join('\n');
}

export function commandHelp(entry: CommandEntry, command: Command, terminal: Terminal): string {
  const flags = Object.entries(command.flags).map(([name, flag]) => ({
    term: `--${name}${flag.value === undefined ? '' : ` ${flag.value}`}`,
    help: flag.help,
  }));
  const width = Math.max(0, ...flags.map((flag) => flag.term.length));
  const parameters = command.parameters === undefined ? '' : ` ${command.parameters}`;
  const parts = [
    `${entry.summary}.\n`,
    `${command.description}\n`,
    section(terminal, 'Usage', [`slipway ${entry.name}${flags.length === 0 ? '' : ' [flags]'}${parameters}`]),
    section(
      terminal,
      'Flags',
      flags.map(({ term, help }) => `${term.padEnd(width)}  ${help}`),
    ),
    section(
      terminal,
      'Examples',
      Object.entries(command.examples).map(([line, effect]) => `${line}\n      ${terminal.style('dim', effect)}`),
    ),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function section(terminal: Terminal, title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${terminal.style('bold', title)}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
