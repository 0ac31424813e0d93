// The ranker alone: reads intakes and a library of a hundred, answers each intake once, and tells what it took.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { built } from './built.mjs';

const own = (file) => readFileSync(new URL(`../eval/own/${file}`, import.meta.url), 'utf8');
const intakes = ['cases-open.jsonl', 'cases-sealed.jsonl', 'second-cases.jsonl'].flatMap((file) =>
  own(file)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).intake),
);
const megabytes = () => Math.round(process.memoryUsage.rss() / 2 ** 20);

await pause(500);
const before = megabytes();
const { candidateOf } = await built('backend/src/integrations/ai/catalogue-file.js');
const { OfflineRanker } = await built('backend/src/integrations/ai/offline-ranker.js');
const library = ['library.json', 'second-library.json']
  .flatMap((file) => JSON.parse(own(file)).snapshots)
  .slice(0, 100)
  .map((snapshot, n) => candidateOf({ description: '', tags: [], assets: [], ...snapshot, id: `s${n}` }));
const ranker = new OfflineRanker();
/** As a server is after its first minutes: compiled. */
const warmUp = 200;
const ms = [];
for (const [n, intake] of [...intakes.slice(0, warmUp), ...intakes].entries()) {
  const begun = performance.now();
  await ranker.rankSnapshots(intake, library);
  if (n >= warmUp) ms.push(performance.now() - begun);
}
process.send({ ms, snapshots: library.length, megabytes: megabytes() - before });
