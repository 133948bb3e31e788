import * as fc from 'fast-check';
import {
  concatMap,
  firstValueFrom,
  last,
  lastValueFrom,
  map,
  of,
  ReplaySubject,
  skip,
  Subject,
} from 'rxjs';
import { startLocalCloud } from 'rx-llamacloud-local';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import { createDirectory } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { createIndex, watchIndex } from '../../src/sources/indexes.ts';
import { readFile, retrieve } from '../../src/sources/retrieval.ts';
import type { ReadFileBody, RetrievedChunk } from '../../src/types/retrieval.ts';
import { expandContext } from '../../src/workflows/expandContext.ts';
import { connectTo } from '../support/operation.ts';
import { json, startServer, type TestServer } from '../support/server.ts';

it('shows hits of the embedded cloud in their files', async () => {
  await using cloud = await startLocalCloud();
  const connection = connect({ baseUrl: cloud.url, token: cloud.token });
  const paragraphs = Array.from(
    { length: 40 },
    (_, n) =>
      `Paragraph ${n}. ${n === 20 ? 'Walruses dream of 🦑 squid. ' : ''}${'Filler words follow. '.repeat(20)}`,
  );
  const upload_file = new File([paragraphs.join('\n\n')], 'walrus.md');
  const indexId = await lastValueFrom(
    createDirectory(connection, { name: 'animals' }).pipe(
      concatMap(({ id }) =>
        uploadDirectoryFile(connection, id, { upload_file }).pipe(
          last(),
          concatMap(() => createIndex(connection, { source_directory_id: id })),
        ),
      ),
      concatMap(({ id }) => watchIndex(connection, id, { interval: { min: 20 } })),
      map(({ id }) => id),
    ),
  );
  const [hit] = await lastValueFrom(
    retrieve(connection, { index_id: indexId, query: 'walruses dream', top_k: 3 }).pipe(
      map(({ results }) => results),
      expandContext(connection, { indexId, before: 100, after: 300 }),
    ),
  );
  const {
    chunk_start_char: start = 0,
    chunk_end_char: end = 0,
    ...fields
  } = hit?.static_fields ?? {};
  const whole = await lastValueFrom(
    readFile(connection, { index_id: indexId, file_id: fields.parsed_directory_file_id ?? '' }),
  );
  expect(hit?.content).toContain('squid');
  expect(hit?.context).toEqual({
    text: whole.content.slice((start ?? 0) - 100, (end ?? 0) + 300),
    start: (start ?? 0) - 100,
    end: (end ?? 0) + 300,
  });
});

describe('against a service of a few texts', () => {
  const digits = '0123456789'.repeat(10);

  it('reads once what overlaps or touches, and apart what does not', async () => {
    await using service = await startService({ a: digits, b: digits });
    const hits = [chunk('a', 60, 65), chunk('b', 0, 5), chunk('a', 10, 15), chunk('a', 25, 30)];
    const expanded = await expand(service, hits, { before: 5, after: 5 });

    expect(reads(service)).toEqual(['a 5+30', 'a 55+15', 'b 0+10']);
    expect(expanded.map(({ context }) => context)).toEqual([
      { text: '567890123456789', start: 55, end: 70 },
      { text: '0123456789', start: 0, end: 10 },
      { text: '567890123456789', start: 5, end: 20 },
      { text: '012345678901234', start: 20, end: 35 },
    ]);
    expect(expanded).toMatchObject(hits);
  });

  it('reads what lies between when it is told to', async () => {
    await using service = await startService({ a: digits });
    const hits = [chunk('a', 10, 15), chunk('a', 40, 45)];
    await expand(service, hits, { before: 0, after: 0, gap: 25 });
    expect(reads(service)).toEqual(['a 10+35']);
  });

  it('reads to the end of the text where no end is set', async () => {
    await using service = await startService({ a: digits });
    const around = { before: Infinity, after: Infinity };
    const [hit] = await expand(service, [chunk('a', 50, 60)], around);
    expect(hit?.context).toEqual({ text: digits, start: 0, end: 100 });
    expect(reads(service)).toEqual(['a 0+all']);
  });

  it('leaves a hit alone that does not say where it stands', async () => {
    await using service = await startService({});
    const hits = [{ content: 'alone' }, { content: 'x', static_fields: { chunk_start_char: 1 } }];
    expect(await expand(service, hits)).toEqual(hits);
    expect(service.requests).toHaveLength(0);
  });

  it('notes a failed read on its hits and goes on with the others', async () => {
    await using service = await startService({ a: digits });
    const [there, gone] = await expand(service, [chunk('a', 50, 60), chunk('gone', 0, 5)]);
    expect(there?.context?.text).toBe(digits);
    expect(gone).toMatchObject({ content: '', contextError: { status: 404 } });
    expect(gone).not.toHaveProperty('context');
  });

  it('asks each index for its own hits', async () => {
    await using service = await startService({ a: digits });
    const hits = [
      { ...chunk('a', 0, 5), index: 'idx-1' },
      { ...chunk('a', 0, 5), index: 'idx-2' },
    ];
    await firstValueFrom(
      of(hits).pipe(expandContext(connectTo(service.url), { indexId: ({ index }) => index })),
    );
    expect(service.requests.map((one) => (one.json() as ReadFileBody).index_id).sort()).toEqual([
      'idx-1',
      'idx-2',
    ]);
  });

  it('reads a hit once, however many rankings it is in', async () => {
    await using service = await startService({ a: digits });
    const hits = [chunk('a', 0, 5), chunk('a', 90, 95)];
    const rankings = new Subject<readonly RetrievedChunk[]>();
    const expanded = new ReplaySubject<readonly RetrievedChunk[]>(2);
    rankings
      .pipe(expandContext(connectTo(service.url), { indexId: 'idx-1', before: 0, after: 0 }))
      .subscribe(expanded);

    rankings.next(hits);
    const first = await firstValueFrom(expanded);
    rankings.next(hits.toReversed());
    const second = await firstValueFrom(expanded.pipe(skip(1)));
    expect(second).toEqual(first.toReversed());
    expect(service.requests).toHaveLength(2);
  });

  it('goes over to the hits that come while others are being read', async () => {
    await using server = await startServer((request, response) => {
      if ((request.json() as ReadFileBody).file_id === 'b') {
        json(response, { content: 'b' });
      }
    });
    const rankings = new Subject<readonly RetrievedChunk[]>();
    const expanded = rankings.pipe(expandContext(connectTo(server.url), { indexId: 'idx-1' }));
    const first = firstValueFrom(expanded);
    rankings.next([chunk('a', 0, 5)]);
    await server.until(() => server.requests.length === 1);
    rankings.next([chunk('b', 0, 5)]);
    expect(await first).toMatchObject([{ context: { text: 'b' } }]);
    await server.until(() => server.sockets() <= 1);
  });

  it('aborts its reads when it is unsubscribed', async () => {
    await using server = await startServer(() => undefined);
    const subscription = of([chunk('a', 0, 5)])
      .pipe(expandContext(connectTo(server.url), { indexId: 'idx-1' }))
      .subscribe();
    await server.until(() => server.requests.length === 1);
    subscription.unsubscribe();
    await server.until(() => server.sockets() === 0);
  });

  it('learns from the length of an answer that the server counts code points', async () => {
    const text = 'ab🦑cd🦑ef🦑gh🦑ij';
    await using service = await startService({ a: text }, true);
    // The hits tell nothing: there is no squid in them.
    const hits = [
      { ...chunk('a', 3, 5), content: 'cd' },
      { ...chunk('a', 6, 8), content: 'ef' },
    ];
    const expanded = await expand(service, hits, { before: 1, after: 1 });
    expect(reads(service)).toEqual(['a 2+7']);
    expect(expanded.map(({ context }) => context?.text)).toEqual(['🦑cd🦑', '🦑ef🦑']);
  });

  it('cuts out of a shared read what a read of its own would bring, whatever the server counts', async () => {
    const text = Array.from({ length: 60 }, (_, n) => (n % 3 ? String(n % 10) : '🦑')).join('');
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(fc.tuple(fc.nat(55), fc.integer({ min: 3, max: 9 })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.nat(4),
        fc.nat(4),
        async (codePoints, spans, before, after) => {
          const characters = codePoints ? Array.from(text) : text.split('');
          const cut = (from: number, to: number): string => characters.slice(from, to).join('');
          await using service = await startService({ a: text }, codePoints);
          const hits = spans.map(([start, length]) => ({
            ...chunk('a', start, Math.min(start + length, characters.length)),
            content: cut(start, start + length),
          }));
          const expanded = await expand(service, hits, { before, after });
          expanded.forEach(({ context }, at) => {
            const { chunk_start_char: start, chunk_end_char: end } = hits[at]?.static_fields ?? {};
            const from = Math.max(0, (start ?? 0) - before);
            const to = (end ?? 0) + after;
            expect(context?.text).toBe(cut(from, to));
            expect(context).toMatchObject({ start: from, end: Math.min(to, characters.length) });
          });
        },
      ),
      { numRuns: 40 },
    );
  });
});

it.each([{ before: -1 }, { after: NaN }, { gap: -1 }, { concurrency: 0 }])(
  'refuses %o when called',
  (config) => {
    const connection = connectTo('http://127.0.0.1:1');
    expect(() => expandContext(connection, { indexId: 'idx-1', ...config })).toThrow(RangeError);
  },
);

it('passes on what is thrown where the index is looked up', async () => {
  const lookUp = (): string => {
    throw new Error('no index');
  };
  const expanded = of([chunk('a', 0, 5)]).pipe(
    expandContext(connectTo('http://127.0.0.1:1'), { indexId: lookUp }),
  );
  await expect(firstValueFrom(expanded)).rejects.toThrow('no index');
});

interface ChunkOf extends RetrievedChunk {
  readonly static_fields: NonNullable<RetrievedChunk['static_fields']>;
}

function chunk(file: string, start: number, end: number): ChunkOf {
  return {
    content: '',
    static_fields: {
      parsed_directory_file_id: file,
      chunk_start_char: start,
      chunk_end_char: end,
    },
  };
}

/** A service that reads from `texts`, and counts UTF-16 units or code points. */
function startService(
  texts: Readonly<Record<string, string>>,
  codePoints = false,
): Promise<TestServer> {
  return startServer((request, response) => {
    const { file_id, offset = 0, max_length } = request.json() as ReadFileBody;
    const text = texts[file_id];
    if (text === undefined) {
      json(response, { detail: 'File not found' }, 404);
      return;
    }
    const characters = codePoints ? Array.from(text) : text.split('');
    const content = characters.slice(offset, offset + (max_length ?? Infinity)).join('');
    json(response, { content });
  });
}

function expand(
  service: TestServer,
  hits: readonly RetrievedChunk[],
  config: { readonly before?: number; readonly after?: number; readonly gap?: number } = {},
) {
  return firstValueFrom(
    of(hits).pipe(expandContext(connectTo(service.url), { indexId: 'idx-1', ...config })),
  );
}

function reads({ requests }: TestServer): string[] {
  return requests
    .map((request) => request.json() as ReadFileBody)
    .map(({ file_id, offset, max_length }) => `${file_id} ${offset}+${max_length ?? 'all'}`)
    .sort();
}
