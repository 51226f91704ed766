import { lessonFlow } from '../src/testing/lesson-flow.ts';

/** Runs the lesson many times with one seed and counts the hashes: node cluster/scripts/lesson-runs.ts [RUNS [SEED]] */
const runs = Number(process.argv[2] ?? 1000);
const seed = Number(process.argv[3] ?? 7);

const startedMs = performance.now();
const counts = new Map<string, number>();
for (let run = 0; run < runs; run++) {
  const hash = await lessonFlow(seed);
  counts.set(hash, (counts.get(hash) ?? 0) + 1);
}
for (const [hash, count] of counts) process.stdout.write(`${hash} ${count}\n`);
process.stdout.write(`${runs} runs in ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
if (counts.size !== 1) process.exitCode = 1;
