import { from, lastValueFrom, map, type Observable, of, timeout, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toUIMessageStream } from '../src/bridges/toUIMessageStream.ts';
import { fromWebhooks } from '../src/bridges/fromWebhooks.ts';
import { ApiError } from '../src/errors.ts';
import { type Connection, connect } from '../src/http/connection.ts';
import { batchProgress } from '../src/operators/batchProgress.ts';
import { chatText } from '../src/operators/chatText.ts';
import { chatToolCalls } from '../src/operators/chatToolCalls.ts';
import { chatTranscript } from '../src/operators/chatTranscript.ts';
import { chatUsage } from '../src/operators/chatUsage.ts';
import { dedupe } from '../src/operators/fusion/dedupe.ts';
import { diversify } from '../src/operators/fusion/diversify.ts';
import { mergedMetadata } from '../src/operators/fusion/mergedMetadata.ts';
import { mergeRanked } from '../src/operators/mergeRanked.ts';
import { rerankWith } from '../src/operators/rerankWith.ts';
import { throwIfChatFailed } from '../src/operators/throwIfChatFailed.ts';
import { throwIfFailed } from '../src/operators/throwIfFailed.ts';
import { watchBatchJob } from '../src/sources/batchJobs.ts';
import { listDirectories } from '../src/sources/directories.ts';
import { uploadDirectoryFile } from '../src/sources/directoryFiles.ts';
import { listIndexes, watchIndex } from '../src/sources/indexes.ts';
import { downloadPresignedUrl } from '../src/sources/presignedUrls.ts';
import { watchSheetsJob } from '../src/sources/sheets.ts';
import { watchSplitJob } from '../src/sources/split.ts';
import type { BatchJobProgress } from '../src/types/batchJobs.ts';
import type { ChatEvent, ChatSessionHistory } from '../src/types/chat.ts';
import type { PresignedUrl } from '../src/types/presignedUrl.ts';
import type { RetrievedChunk } from '../src/types/retrieval.ts';
import { batchItems } from '../src/workflows/batchItems.ts';
import { expandContext } from '../src/workflows/expandContext.ts';
import { missingEvents, turnInHistory } from '../src/workflows/turnInHistory.ts';
import { watchMany } from '../src/workflows/watchMany.ts';
import { json, startServer, type TestServer } from './support/server.ts';
import { wireSample, type WireVariant, wireVariants } from './support/wireFields.ts';

let server: TestServer;
let connection: Connection;
/** What the server answers with, by the path. */
let answer: (path: string) => unknown = () => ({});

beforeAll(async () => {
  server = await startServer(({ url }, response) => json(response, answer(url)));
  connection = connect({ token: 't', baseUrl: server.url, retry: { attempts: 1 } });
});
afterAll(() => server[Symbol.asyncDispose]());

/** Everything that is emitted, then the message of the error, if there is one. */
async function told(source: Observable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  await lastValueFrom(
    source.pipe(
      timeout(2_000),
      map((value) => all.push(value)),
    ),
    { defaultValue: 0 },
  ).catch((error: unknown) => {
    // Whatever else comes is nothing that a user could make sense of.
    expect(error).toBeInstanceOf(ApiError);
    all.push((error as ApiError).message);
  });
  return all;
}

/** No text says what is only a word of JavaScript's, no number is none. What the server sent is left as it came. */
function expectSense(output: unknown, title: string): void {
  const see = (value: unknown): void => {
    if (typeof value === 'string') {
      expect(value, title).not.toMatch(/undefined|null|NaN|\[object/);
    } else if (typeof value === 'number') {
      expect(value, title).not.toBeNaN();
    } else if (typeof value === 'object' && value !== null) {
      Object.values(value).forEach(see);
    }
  };
  see(output);
}

async function check(
  variants: readonly WireVariant[],
  probe: (variant: WireVariant['value']) => Observable<unknown>,
  atLeast = 0,
): Promise<void> {
  expect(variants.length).toBeGreaterThan(3);
  for (const { title, value } of variants) {
    const output = await told(probe(value));
    expectSense(output, title);
    expect(output.length, title).toBeGreaterThanOrEqual(atLeast);
  }
}

/** A turn with one event of each type. */
const turn = [
  wireSample('UserInputEvent'),
  wireSample('ThinkingDeltaEvent'),
  wireSample('ThinkingEvent'),
  wireSample('ToolCallEvent', { arguments: { a: 1 } }),
  wireSample('ToolResultEvent'),
  wireSample('TextDeltaEvent'),
  wireSample('TextEvent'),
  wireSample('StopEvent', { is_error: false }),
];
const turns = turn.flatMap((event, at) =>
  wireVariants(event).map(({ title, value }) => ({
    title: `${JSON.stringify(event.type)} ${title}`,
    value: { events: turn.with(at, value) },
  })),
);

describe('a field that is missing, null, a number for a text or a text for a number', () => {
  it.each<[string, (events: Observable<ChatEvent>) => Observable<unknown>]>([
    ['chatText', (events) => events.pipe(chatText())],
    [
      'chatTranscript',
      (events) =>
        events.pipe(
          chatTranscript(),
          map(({ blocks }) => blocks),
        ),
    ],
    ['chatToolCalls', (events) => events.pipe(chatToolCalls())],
    ['chatUsage', (events) => events.pipe(chatUsage())],
    ['throwIfChatFailed', (events) => events.pipe(throwIfChatFailed())],
    ['toUIMessageStream', (events) => events.pipe(toUIMessageStream())],
    [
      'missingEvents',
      (events) =>
        events.pipe(
          toArray(),
          map((all) => {
            const history = { events: all } as unknown as ChatSessionHistory;
            const sought = { prompt: 'words', turnsBefore: 0 };
            return missingEvents(all.slice(1, 4))(turnInHistory(history, sought)?.events ?? []);
          }),
        ),
    ],
  ])('leaves what %s makes of a chat readable', async (_, probe) => {
    const sent = turns.map(({ title, value }) => ({ title, value }));
    await check(sent, ({ events }) => probe(from(events as unknown as ChatEvent[])), 1);
  });

  it.each<[string, object, () => Observable<unknown>]>([
    ['BatchJobProgress', { job: 'completed' }, () => watchBatchJob(connection, 'words')],
    ['Index', {}, () => watchIndex(connection, 'words')],
    ['SheetsJob', { status: 'ERROR' }, () => watchSheetsJob(connection, 'words')],
    ['SplitJob', { status: 'failed' }, () => watchSplitJob(connection, 'words')],
  ])('leaves a %s readable, and does not hold its watcher up', async (type, given, watch) => {
    const status =
      type === 'BatchJobProgress' ? { job: wireSample('BatchJob', { status: 'failed' }) } : given;
    const metadata = type === 'Index' ? { metadata: { status: 'failed', error: 'no' } } : {};
    const sample = wireSample(type, { ...status, ...metadata });
    // A job that does not say where it stands has not ended.
    const variants = wireVariants(sample).filter(
      ({ title }) => !/\bstatus|^metadata:|^job:/.test(title),
    );
    await check(
      variants,
      (value) => {
        answer = () => value;
        const states = watch();
        return states.pipe(throwIfFailed() as never);
      },
      1,
    );
    if (type === 'BatchJobProgress') {
      await check(
        variants,
        (value) =>
          of(value as unknown as BatchJobProgress).pipe(
            batchProgress(),
            map(({ percent, total, done, failed, skipped, remainingMs, itemsPerSecond }) => [
              percent,
              total,
              done,
              failed,
              skipped,
              remainingMs,
              itemsPerSecond,
            ]),
          ),
        1,
      );
    } else if (type !== 'Index') {
      const kind = type === 'SplitJob' ? 'split' : 'sheets';
      const listed = variants.filter(({ title }) => !title.startsWith('id'));
      await check(
        listed,
        (value) => {
          answer = () => ({ items: [value] });
          return watchMany(connection, { [kind]: ['words'] } as { split: string[] });
        },
        1,
      );
    }
  });

  it('leaves a ranking readable', async () => {
    const chunk = wireSample('RetrievedChunk', { metadata: { a: 'b' } });
    const others = ['x', 'y'].map((content) => ({ content, score: 0.5 }));
    await check(
      wireVariants(chunk),
      (value) => {
        answer = () => ({ content: 'a text' });
        const results = [value, ...others] as unknown as RetrievedChunk[];
        return mergeRanked([of({ results }), of({ results: others })]).pipe(
          rerankWith((items) => of(items.map(() => 1))),
          map(({ hits }) => [dedupe(hits), diversify(hits), hits.map(mergedMetadata)]),
        );
      },
      1,
    );
    await check(
      wireVariants(chunk),
      (value) => {
        answer = () => ({ content: 'a text' });
        return of([value as unknown as RetrievedChunk]).pipe(
          expandContext(connection, { indexId: 'i' }),
        );
      },
      1,
    );
  });

  it('leaves a webhook readable, or has it refused', async () => {
    const hook = fromWebhooks({
      headers: { 'x-secret': 's' },
      scheduler: {
        now: () => 3_000,
        schedule: () => {
          throw new Error();
        },
      },
    });
    hook.events.subscribe((event) => expectSense(event, 'event'));
    for (const { title, value } of wireVariants(wireSample('WebhookMessage'))) {
      const request = new Request('http://x', {
        method: 'POST',
        headers: { 'x-secret': 's' },
        body: JSON.stringify(value),
      });
      const { status } = await hook.response(request);
      expect([200, 400, 401], title).toContain(status);
    }
  });

  it('leaves lists, links, uploads and the items of a batch readable', async () => {
    const page = { items: [wireSample('Directory')], next_page_token: '', total_size: 1 };
    for (const list of [listDirectories(connection), listIndexes(connection)]) {
      await check(wireVariants(page), (value) => {
        answer = () => value;
        return list;
      });
    }
    const link = wireSample('PresignedUrl', {
      url: `${server.url}/file`,
      expires_at: '2099-01-01T00:00:00Z',
      form_fields: {},
    });
    await check(
      wireVariants(link),
      (value) => {
        answer = () => 'the file';
        return downloadPresignedUrl(connection, value as unknown as PresignedUrl).pipe(
          map((bytes) => new TextDecoder().decode(bytes)),
        );
      },
      1,
    );
    await check(
      wireVariants(wireSample('DirectoryFile')),
      (value) => {
        answer = () => value;
        return uploadDirectoryFile(connection, 'dir', { upload_file: new Blob(['x']) });
      },
      1,
    );
    const job = { id: 'words', status: 'completed', total_items: 1, processed_items: 1 };
    await check(
      wireVariants(wireSample('BatchItem', { status: 'completed' })).filter(
        ({ title }) => !title.startsWith('status'),
      ),
      (value) => {
        answer = (path) =>
          path.includes('/items')
            ? { items: path.includes('offset=0') ? [value] : [] }
            : { job, progress_percentage: 100 };
        return batchItems(connection, 'words', { grace: 1 });
      },
      1,
    );
  });
});
