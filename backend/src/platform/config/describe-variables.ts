import { type Variable, variables } from './variables.js';

const entries = Object.entries(variables) as [string, Variable][];
const groups = [...new Set(entries.map(([, variable]) => variable.group))];
const defaultOf = (variable: Variable) => {
  const parsed = variable.schema.safeParse(undefined);
  const json = parsed.success && parsed.data !== undefined ? readDefault(variable) : undefined;
  return json === undefined ? '' : String(json);
};

/** The default as it would be written in the environment, before it is parsed. */
function readDefault(variable: Variable): unknown {
  let def = variable.schema.def as { type: string; defaultValue?: unknown; in?: { def: never } };
  while (def.type === 'pipe' && def.in) def = def.in.def;
  return def.type === 'default' ? def.defaultValue : undefined;
}

/** `.env.example`: boots unchanged, because every line is a comment or a default. */
export function envExample(): string {
  const lines = [
    '# Every variable Switchyard reads. Made from backend/src/platform/config/variables.ts by `npm run generate`.',
    '# All of them are optional for `npm start`.',
  ];
  for (const group of groups) {
    lines.push('', `# --- ${group} ---`);
    for (const [name, variable] of entries.filter(([, each]) => each.group === group)) {
      lines.push(
        `# ${variable.doc}${variable.secret ? ` Also read from ${name}_FILE.` : ''}`,
        `# ${name}=${variable.example ?? defaultOf(variable)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

export function configurationDoc(): string {
  const lines = [
    '# Configuration',
    '',
    'Made from `backend/src/platform/config/variables.ts` by `npm run generate`. Secrets may also be given as `NAME_FILE`, the path of a file.',
  ];
  for (const group of groups) {
    lines.push('', `## ${group}`, '', '| Variable | Default | Secret | Meaning |', '| --- | --- | --- | --- |');
    for (const [name, variable] of entries.filter(([, each]) => each.group === group)) {
      lines.push(
        `| \`${name}\` | ${defaultOf(variable) ? `\`${defaultOf(variable)}\`` : ''} | ${variable.secret ? 'yes' : ''} | ${variable.doc} |`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A Kubernetes Secret with every secret variable, each to be filled in or left out. */
export function secretTemplate(): string {
  const secrets = entries.filter(([, variable]) => variable.secret);
  return [
    '# Made from backend/src/platform/config/variables.ts by `npm run generate`. Copy it, fill in what you use, delete the',
    '# other lines, and keep the copy out of the repository.',
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    '  name: switchyard',
    'type: Opaque',
    'stringData:',
    ...secrets.flatMap(([name, { doc, example = '' }]) => [`  # ${doc}`, `  ${name}: '${example}'`]),
    '',
  ].join('\n');
}
