import { join } from 'node:path';
import type { ServerReport } from '../server/server.ts';
import { Child } from './child.ts';
import type { Case, Question } from './question.ts';
import { type CaseResult, type Result, type Round, surroundings } from './result.ts';
import type { Report } from './worker.ts';

/** Milliseconds of running, at least, that are not counted, in which the engine learns what is hot. */
const WARM_UP = 1_500;

/**
 * Asks a question. Each variant has a process of its own and the server has one too; in every round the variants run
 * one after the other, so that a machine that slows down slows all of them.
 *
 * @param counted - Called with each case when it is done.
 */
export async function measure(
  name: string,
  question: Question,
  rounds: number,
  counted: (result: CaseResult) => void,
): Promise<Result> {
  const cases: CaseResult[] = [];
  for (const [caseName, circumstances] of Object.entries(question.cases)) {
    const done = await measureCase(name, question, caseName, circumstances, rounds);
    cases.push(done);
    counted(done);
  }
  return { measured: surroundings(), cases };
}

async function measureCase(
  name: string,
  { variants }: Question,
  caseName: string,
  circumstances: Case,
  rounds: number,
): Promise<CaseResult> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(
    new Child('The server', join(import.meta.dirname, '../server/server.ts')),
  );
  const origin = await server.answer<string>();
  const workers = new Map<string, Child>();
  for (const variant of Object.keys(variants)) {
    if (!circumstances.without?.includes(variant)) {
      const file = join(import.meta.dirname, 'worker.ts');
      const what = `${name}, ${caseName}, ${variant}`;
      const worker = stack.use(new Child(what, file, [name, caseName, variant, origin]));
      await worker.answer();
      workers.set(variant, worker);
    }
  }

  for (const worker of workers.values()) {
    let warm = 0;
    while (warm < WARM_UP) {
      warm += (await worker.ask<Report>('run')).wall;
    }
  }
  const counted = new Map([...workers.keys()].map((variant) => [variant, [] as Round[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [variant, worker] of workers) {
      counted.get(variant)?.push(await runOnce(worker, server));
    }
  }
  return { name: caseName, count: circumstances.count, variants: Object.fromEntries(counted) };
}

async function runOnce(worker: Child, server: Child): Promise<Round> {
  const before = await server.ask<ServerReport>('report');
  const report = await worker.ask<Report>('run');
  const after = await server.ask<ServerReport>('report');
  const [serverCpu, requests] = [after.cpu - before.cpu, after.requests - before.requests];
  return { ...report, serverCpu, requests };
}
