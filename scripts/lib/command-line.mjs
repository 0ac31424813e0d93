const HELP = { help: { type: 'flag', says: 'print this and do nothing' } };

const COMMANDS = {
  start: {
    says: 'install, build what changed, and run Switchyard with its own Postgres',
    options: {
      port: { type: 'value', name: 'N', says: 'listen on this port (0: any free one); as PORT', fault: portFault },
      'data-dir': { type: 'value', name: 'DIR', says: 'keep the database and keys there; as DATA_DIR' },
      rebuild: { type: 'flag', says: 'build everything, changed or not' },
    },
  },
  cluster: {
    says: 'build, and run several api and worker processes with a Postgres and a Redis',
    options: {
      port: {
        type: 'value',
        name: 'N',
        says: 'port of the first api process, the others follow; as PORT',
        fault: portFault,
      },
      'data-dir': { type: 'value', name: 'DIR', says: 'keep databases, keys and logs there; as DATA_DIR' },
      apis: { type: 'value', name: 'N', says: 'api processes (2)', fault: countFault },
      workers: { type: 'value', name: 'N', says: 'worker processes (4)', fault: countFault },
      rebuild: { type: 'flag', says: 'build everything, changed or not' },
    },
  },
  test: {
    says: 'every check and every suite; with arguments after --, Jest alone with those arguments',
    options: {},
    takesRest: true,
  },
  check: { says: 'format, lint and types only', options: {} },
  build: {
    says: 'install and build what changed',
    options: { rebuild: { type: 'flag', says: 'build everything, changed or not' } },
  },
  generate: {
    says: 'write the files that are generated from the code',
    options: { check: { type: 'flag', says: 'write nothing, fail when a file is out of date' } },
  },
};

/** Never throws: everything wrong with the line comes back in `faults`, one sentence each. */
export function parseCommandLine(argv) {
  const [command, ...words] = argv;
  if (command === undefined || command === '--help' || command === '-h') {
    return { options: { help: command !== undefined }, rest: [], faults: ['Say what to do: a command is missing.'] };
  }
  if (!Object.keys(COMMANDS).includes(command)) {
    return { options: {}, rest: [], faults: [`There is no command "${command}".`] };
  }
  const { takesRest } = COMMANDS[command];
  if (takesRest) {
    const help = ['--help', '-h'].includes(words[0]);
    return { command, options: { help }, rest: words[0] === '--' ? words.slice(1) : words, faults: [] };
  }
  return { command, rest: [], ...parseOptions(command, words) };
}

function parseOptions(command, words) {
  const known = { ...COMMANDS[command].options, ...HELP };
  const options = {};
  const faults = [];
  for (let at = 0; at < words.length; at++) {
    const [, name, attached] = /^--([a-z-]+)(?:=(.*))?$/s.exec(words[at] === '-h' ? '--help' : words[at]) ?? [];
    const option = Object.keys(known).includes(name) ? known[name] : undefined;
    if (!option) {
      faults.push(`"${command}" does not know "${words[at]}".`);
    } else if (option.type === 'flag') {
      if (attached === undefined) options[name] = true;
      else faults.push(`--${name} takes no value.`);
    } else {
      const value = attached ?? (words[at + 1]?.startsWith('--') ? undefined : words[++at]);
      const fault = value ? option.fault?.(value) : `--${name} needs a value.`;
      if (fault) faults.push(fault);
      else options[name] = value;
    }
  }
  return { options, faults };
}

function portFault(value) {
  return /^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? undefined : `--port ${value} is not a port (0 to 65535).`;
}

function countFault(value) {
  return /^[1-9]\d?$/.test(value) ? undefined : `${value} is not a number of processes (1 to 99).`;
}

export function helpFor(command) {
  if (command === undefined) {
    return table('Usage: npm start | npm test | npm run <command>', COMMANDS, (name) => name);
  }
  const { says, options, takesRest } = COMMANDS[command];
  const npm = ['start', 'test'].includes(command) ? `npm ${command}` : `npm run ${command}`;
  const usage = `Usage: ${npm} -- ${takesRest ? '[Jest arguments]' : '[options]'}\n${says}`;
  return table(usage, { ...options, ...HELP }, (name, { name: value }) => `--${name}${value ? ` ${value}` : ''}`);
}

function table(title, rows, labelOf) {
  const lines = Object.entries(rows).map(([name, row]) => `  ${labelOf(name, row).padEnd(16)} ${row.says}`);
  return [title, ...lines].join('\n');
}
