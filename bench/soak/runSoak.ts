import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openResources, surplus } from '../../test/faults/support/openResources.ts';
import { activity } from '../../src/http/activity.ts';
import { close } from '../../src/http/close.ts';
import { connect, type Connection } from '../../src/http/connection.ts';
import { agentDataPart } from './agentDataPart.ts';
import { batchPart } from './batchPart.ts';
import { chatPart } from './chatPart.ts';
import { type Cloud, type CloudReport, startCloud } from './cloudProcess.ts';
import { directoriesPart } from './directoriesPart.ts';
import { directoryFilesPart } from './directoryFilesPart.ts';
import { faultMix } from './faultMix.ts';
import { indexesPart } from './indexesPart.ts';
import { Ledger } from './ledger.ts';
import { openLibrary } from './library.ts';
import { Memory, type Quarters } from './memory.ts';
import { done, type Part, type Soak, type Step } from './part.ts';
import { retrievalPart } from './retrievalPart.ts';
import { sheetsPart } from './sheetsPart.ts';
import { splitPart } from './splitPart.ts';
import { Tally } from './tally.ts';

/** What came of a soak. */
export interface SoakResult {
  readonly tally: Tally;
  readonly ledger: Ledger;
  /** The names of all operations of the API. */
  readonly operations: readonly string[];
  /** What the cloud under load has seen. */
  readonly seen: CloudReport;
  /** What it had seen when things began to go wrong. */
  readonly before: CloudReport;
  /** How long things went wrong, in milliseconds. */
  readonly took: number;
  readonly heap: Quarters;
  readonly rss: Quarters;
  /** What is lost, doubled, or there although it was removed. */
  readonly complaints: readonly string[];
  /** What is open that was not open before: sockets, timers, files. */
  readonly leftOpen: readonly string[];
}

/** Steps done at once: more than the connection sends, so that there is a line. */
const lanes = 24;

/** Steps that take the cloud long are drawn only once in so many times. */
const rareness = 8;
const rare: ReadonlySet<string> = new Set([
  ...['createIndex', 'syncIndex', 'deleteIndex', 'watchIndex', 'createBatchJob', 'cancelBatchJob'],
  ...['batchItems', 'createSheetsJob', 'deleteSheetsJob', 'watchSheetsJob', 'createSplitJob'],
  ...['listChatSessions', 'watchMany', 'getBatchItemResults'],
]);

/**
 * Does all operations of the API at once for `seconds`, and longer where one of them has not succeeded by then, while
 * five of a hundred requests meet a fault. Then starts the cloud anew on its folder, with nothing going wrong, and holds
 * what it has against what the client was told.
 */
export async function runSoak(seconds: number): Promise<SoakResult> {
  const folder = await mkdtemp(join(tmpdir(), 'rx-llamacloud-soak-'));
  try {
    return await soakOn(folder, seconds);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function soakOn(folder: string, seconds: number): Promise<SoakResult> {
  const cloud = await startCloud(folder);
  const baseline = openThings();
  const connection = connectTo(cloud);
  const tally = new Tally();
  const ledger = new Ledger();
  let marks = 0;
  const mark = (kind: string): string => `${kind} ${(marks += 1)}`;
  const parts = await partsOf({ connection, ledger, mark });
  const operations = parts.flatMap(({ steps }) => Object.keys(steps));
  const steps = new Map<string, Step>(
    parts.flatMap((part) => [...Object.entries(part.steps), ...Object.entries(part.workflows)]),
  );

  const before = await cloud.report();
  await cloud.break(faultMix);
  activity(connection).subscribe((event) => tally.note(event));
  const begun = performance.now();
  const memory = await work(steps, tally, seconds);
  const took = performance.now() - begun;
  const busy = tally.busy;
  await done(close(connection));
  const leftOpen = [...(busy > 0 ? [`${busy} requests`] : []), ...surplus(baseline, openThings())];
  const seen = await cloud.report();
  await cloud.stop();

  const rested = await startCloud(folder);
  const complaints = await compare(parts, ledger, connectTo(rested));
  await rested.stop();
  return {
    ...{ tally, ledger, operations, seen, before, took, complaints, leftOpen },
    heap: memory.quarters('heap'),
    rss: memory.quarters('rss'),
  };
}

function connectTo({ url, token }: Cloud): Connection {
  return connect({
    baseUrl: url,
    token,
    adaptiveRate: false,
    timeouts: { headers: 2_000, bodyGap: 2_000, total: 30_000 },
  });
}

async function partsOf(soak: Soak): Promise<Part[]> {
  const library = await openLibrary(soak.connection);
  return [
    ...(await Promise.all([
      agentDataPart(soak),
      directoriesPart(soak),
      directoryFilesPart(soak),
      retrievalPart(soak, library),
      sheetsPart(soak),
      splitPart(soak, library),
    ])),
    indexesPart(soak, library),
    chatPart(soak, library),
    batchPart(soak, library),
  ];
}

/** Does steps, many at once, until the time is over and each has succeeded. */
async function work(
  steps: ReadonlyMap<string, Step>,
  tally: Tally,
  seconds: number,
): Promise<Memory> {
  const deadline = performance.now() + seconds * 1_000;
  // An operation that never succeeds must not keep the run going for ever.
  const latest = deadline + 60_000;
  const goesOn = (): boolean => {
    const now = performance.now();
    return (
      now < deadline || (now < latest && [...steps.keys()].some((name) => !tally.done.has(name)))
    );
  };
  const draw = drawer([...steps.keys()], (name) => tally.done.has(name));
  const lane = async (): Promise<void> => {
    while (goesOn()) {
      const name = draw();
      try {
        if ((await steps.get(name)?.()) === true) {
          tally.count(name);
        }
      } catch (error) {
        tally.fail(name, error);
      }
    }
  };
  const memory = new Memory();
  const sampling = setInterval(() => memory.sample(), Math.max(100, seconds * 5));
  await Promise.all(Array.from({ length: lanes }, lane));
  clearInterval(sampling);
  return memory;
}

/** Gives the names one after the other, all of them in a new order each time, but rare ones that are done now and then. */
function drawer(names: readonly string[], isDone: (name: string) => boolean): () => string {
  let round = 0;
  let bag: string[] = [];
  return function draw(): string {
    if (bag.length === 0) {
      bag = names.filter((name) => round % rareness === 0 || !rare.has(name) || !isDone(name));
      // Fisher and Yates' shuffle, as Durstenfeld has it (Communications of the ACM 7, 1964, algorithm 235).
      for (let last = bag.length - 1; last > 0; last -= 1) {
        const other = Math.floor(Math.random() * (last + 1));
        [bag[last], bag[other]] = [bag[other] ?? '', bag[last] ?? ''];
      }
      round += 1;
    }
    return bag.pop() ?? '';
  };
}

/** Sockets, descriptors and so on as the tests of faults count them, and timers. */
function openThings(): ReadonlyMap<string, number> {
  const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  return new Map([...openResources(), ['Timeout', timers]]);
}

async function compare(
  parts: readonly Part[],
  ledger: Ledger,
  connection: Connection,
): Promise<string[]> {
  const complaints: string[] = [];
  for (const { remains } of parts) {
    for (const [kind, found] of Object.entries(await remains(connection))) {
      complaints.push(...ledger.complaints(kind, found));
    }
  }
  await done(close(connection));
  return complaints;
}
