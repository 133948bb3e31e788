/**
 * The process of one variant: `worker.ts QUESTION CASE VARIANT ORIGIN`. Gets ready, then runs the variant once for
 * each message, and answers with what it took.
 */

import { questionNamed } from '../questions.ts';
import type { Round } from './result.ts';

/** What a worker answers with. */
export type Report = Omit<Round, 'serverCpu' | 'requests'>;

const [name = '', caseName = '', variantName = '', origin = ''] = process.argv.slice(2);
const { cases, variants, unit } = await questionNamed(name);
const [{ count, site = '' } = {}, variant] = [cases[caseName], variants[variantName]];
if (count === undefined || !variant) {
  throw new RangeError(`${name} has no case "${caseName}" with a variant "${variantName}".`);
}
const run = await variant({ baseUrl: `${origin}/${site}`, count, caseName });
globalThis.gc?.();
const idle = process.memoryUsage.rss();

async function report(): Promise<Report> {
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  const { done, figures = {} } = await run();
  const wall = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (done !== count) {
    throw new Error(`${variantName} handled ${done} ${unit}s of ${count}.`);
  }
  const memory = process.resourceUsage().maxRSS * 1024 - idle;
  return { wall, cpu: (user + system) / 1000, memory, figures };
}

// Whoever started it may end without a word.
process.on('disconnect', () => process.exit());
process.on('message', () => void report().then((figures) => process.send?.(figures)));
process.send?.('ready');
