import { runTool, say } from './run-step.mjs';

/** A stage resolves to what it counted; it never rejects, so that the stages after it run as well. */
export const toolStage = (name, command, args) => async () => {
  const { reason, seconds, output } = await runTool(command, args, { quiet: true });
  if (reason) process.stderr.write(output);
  return report(name, reason, seconds);
};

export function report(name, reason, seconds, tests = { passed: 0, failed: 0, skipped: 0 }) {
  say(`${reason ? 'FAILED' : 'passed'}  ${name}  ${seconds} s${reason ? `  (${reason})` : ''}`);
  return { ...tests, passed: tests.passed + (reason ? 0 : 1), failed: tests.failed + (reason ? 1 : 0) };
}

/** Lanes run side by side, the stages of a lane one after the other. */
export async function runStages(...lanes) {
  const results = await Promise.all(
    lanes.map(async (lane) => {
      const counts = [];
      for (const stage of lane) counts.push(await stage());
      return counts;
    }),
  );
  return results.flat();
}

export function closingLine(results) {
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  return `${total('passed')} passed, ${total('failed')} failed${skipped}`;
}
