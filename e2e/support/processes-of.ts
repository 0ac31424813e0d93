import { readdirSync, readFileSync } from 'node:fs';

export interface Found {
  pid: number;
  command: string;
}

/** Living processes whose command line names this directory, such as its Postgres and its simulator. Linux only. */
export function processesOf(directory: string): Found[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), command: commandOf(name) }))
    .filter(({ command }) => command.includes(directory));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it ended between the two looks
  }
}
