/** docs/performance-report.md from its figures; nobody types it. */
export function reportOf(rows) {
  const list = Object.values(rows);
  const missed = list.filter((row) => !row.mustMet).length;
  return `${[
    '# Performance report',
    '',
    'Made by `npm run bench` from `performance-report.json`; do not edit. The floor is the least that the same work costs with',
    'nothing of ours on top, run in turn with the product on the same Postgres and Redis. Ratios and CPU per operation say',
    'something about the product; rates and times say something about this machine, too.',
    '',
    missed === 0 ? 'Every must is met.' : `${missed} of ${list.length} musts are missed.`,
    '',
    '| what | must | goal | measured | |',
    '| --- | --- | --- | --- | --- |',
    ...list.map((row) => `| ${[row.name, row.must, row.goal, row.says, verdict(row)].map(cell).join(' | ')} |`),
    ...list.flatMap(section),
  ].join('\n')}\n`;
}

const verdict = ({ mustMet, goalMet }) => (goalMet ? 'PASS, goal met' : mustMet ? 'PASS' : 'MISS');
const cell = (text) => text.replaceAll('|', '\\|');

const section = (row) => [
  '',
  `## ${row.name}`,
  '',
  `${row.says}. ${row.method}`,
  '',
  `Measured ${row.at} at ${row.commit} on ${row.machine}.`,
  '',
  '```json',
  JSON.stringify(row.figures, null, 1),
  '```',
];
