import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { lastValueFrom, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { parquetFile } from '../../local/test/support/parquetFile.ts';
import { fanOutFrom } from '../../src/operators/fanOutFrom.ts';
import { regionRows, type RegionRowsConfig } from '../../src/parquet/regionRows.ts';
import { startStorage, type Storage } from '../support/storage.ts';

/** Numbers that do not compress, so that a file of a few thousand is larger than what is fetched of its end. */
const noise = Array.from({ length: 100_000 }, (_, n) => (n * 0.754_877_666) % 1);
const ids = noise.map((_, n) => n);

/** 100,000 rows in ten groups, about 1.2 MB. */
const large = parquetFile(
  [
    { name: 'id', data: ids, type: 'INT32' },
    { name: 'noise', data: noise, type: 'DOUBLE' },
  ],
  { rowGroupSize: 10_000 },
);

const small = parquetFile([{ name: 'id', data: [1, 2, 3], type: 'INT32' }]);

function rows<T>(storage: Storage, config?: RegionRowsConfig) {
  return regionRows<T>(storage.connection, 'spr-1', 'rgn-1', 'table', config);
}

async function all(storage: Storage, config?: RegionRowsConfig): Promise<unknown[]> {
  return lastValueFrom(rows(storage, config).pipe(toArray()));
}

describe('regionRows', () => {
  it('gives a small file with one request, and every subscription anew', async () => {
    await using storage = await startStorage(small);
    const source = rows<{ id: number }>(storage);
    expect(storage.sockets()).toBe(0);
    const expected = [{ id: 1 }, { id: 2 }, { id: 3 }];
    expect(await lastValueFrom(source.pipe(toArray()))).toEqual(expected);
    expect(await lastValueFrom(source.pipe(toArray()))).toEqual(expected);
    expect(storage.log).toEqual({ links: 2, ranges: ['bytes=-524288', 'bytes=-524288'] });
    expect(storage.requests.filter(({ url }) => url.startsWith('/file'))).toMatchObject([
      { headers: { 'accept-encoding': 'identity' } },
      { headers: { 'accept-encoding': 'identity' } },
    ]);
    expect(storage.requests[1]?.headers.authorization).toBeUndefined();
  });

  it('gives a large file group by group, in order', async () => {
    await using storage = await startStorage(large);
    const seen = await all(storage);
    expect(seen).toHaveLength(100_000);
    expect(seen[65_536]).toEqual({ id: 65_536, noise: noise[65_536] });
    expect(seen.every((row, n) => (row as { id: number }).id === n)).toBe(true);
    // The end of the file is there, the groups before it are a request each.
    expect(storage.log.links).toBe(1);
    expect(storage.log.ranges.length).toBeGreaterThan(5);
    expect(storage.log.ranges.length).toBeLessThanOrEqual(11);
  });

  it('gives a group in order that is larger than what is decoded at once', async () => {
    const columns = [
      { name: 'id', data: ids, type: 'INT32' as const },
      { name: 'third', data: ids.map((n) => (n % 3 === 0 ? n : null)), type: 'INT32' as const },
    ];
    await using storage = await startStorage(parquetFile(columns));
    const seen = await all(storage);
    expect(seen).toEqual(ids.map((id) => ({ id, third: id % 3 === 0 ? id : null })));
  });

  it('fetches a group only when the rows before it are taken', async () => {
    await using storage = await startStorage(large);
    let count = 0;
    for await (const { id } of rows<{ id: number }>(storage)) {
      if (id % 1_000 === 0) {
        expect(storage.log.ranges).toHaveLength(2 + Math.floor(id / 10_000));
      }
      count += 1;
      if (count === 25_000) {
        break;
      }
    }
    expect(storage.log.ranges).toHaveLength(4);
  });

  it('is asked for no more rows than a fan-out has slots', async () => {
    await using storage = await startStorage(large);
    const stuck = fanOutFrom(rows(storage), () => new Promise<never>(() => undefined), {
      concurrency: 2,
    }).subscribe();
    await storage.until(() => storage.log.ranges.length === 2);
    stuck.unsubscribe();
    expect(storage.log.ranges).toHaveLength(2);
  });

  it('downloads only the columns that are wanted', async () => {
    await using storage = await startStorage(large);
    const [first] = await all(storage, { columns: ['id'] });
    expect(first).toEqual({ id: 0 });
    const bytes = storage.log.ranges.slice(1).map((range) => {
      const [, start, end] = /bytes=(\d+)-(\d+)/.exec(range) ?? [];
      return Number(end) - Number(start) + 1;
    });
    // A group has 10,000 numbers of 8 bytes in the other column.
    expect(Math.max(...bytes)).toBeLessThan(60_000);
  });

  it('gives values as they are documented', async () => {
    const file = parquetFile([
      { name: 'count', data: [1n, null], type: 'INT64' },
      { name: 'when', data: [new Date(0), null], type: 'TIMESTAMP' },
      { name: 'text', data: ['Zürich', null], type: 'STRING' },
      { name: 'yes', data: [true, null], type: 'BOOLEAN' },
      { name: '__proto__', data: ['odd', null], type: 'STRING' },
    ]);
    await using storage = await startStorage(file);
    expect((await all(storage)).map((row) => Object.entries(row as object))).toEqual([
      [
        ['count', 1n],
        ['when', new Date(0)],
        ['text', 'Zürich'],
        ['yes', true],
        ['__proto__', 'odd'],
      ],
      [
        ['count', null],
        ['when', null],
        ['text', null],
        ['yes', null],
        ['__proto__', null],
      ],
    ]);
  });

  it('completes where there are no rows', async () => {
    await using storage = await startStorage(
      parquetFile([{ name: 'id', data: [], type: 'INT32' }]),
    );
    expect(await all(storage)).toEqual([]);
  });

  it.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD'] as const)(
    'reads what is compressed as %s',
    async (codec) => {
      const data = Array.from({ length: 5_000 }, (_, n) => `value ${n % 100}`);
      const file = parquetFile([{ name: 'text', data, type: 'STRING' }], { codec });
      await using storage = await startStorage(file);
      expect(await all(storage)).toEqual(data.map((text) => ({ text })));
    },
  );

  it('takes what undoes another compression, and names it where there is none', async () => {
    const data = ['a', 'a', 'a', 'b', 'b', 'b'];
    const file = parquetFile([{ name: 'text', data, type: 'STRING' }], { codec: 'LZ4' });
    await using storage = await startStorage(file);
    const compressors = { LZ4: (input: Uint8Array) => input };
    expect(await all(storage, { compressors })).toEqual(data.map((text) => ({ text })));
    await expect(all(storage)).rejects.toMatchObject({
      name: 'ResponseError',
      kind: 'decode',
      message:
        'The column "text" is compressed with LZ4, which Node cannot undo. ' +
        'Pass compressors: those of the package hyparquet-compressors, for example',
    });
  });
});

describe('regionRows that is stopped', () => {
  it('closes the socket of the part under way', async () => {
    const under = Promise.withResolvers<ServerResponse>();
    await using storage = await startStorage(large, {
      instead(n, _, response) {
        if (n === 2) {
          under.resolve(response);
        }
        return n === 2;
      },
    });
    const subscription = rows(storage).subscribe();
    const closed = once(await under.promise, 'close');
    subscription.unsubscribe();
    await closed;
    expect(storage.log.ranges).toHaveLength(2);
  });

  it('fetches no further group', async () => {
    await using storage = await startStorage(large);
    const some = await lastValueFrom(rows(storage).pipe(take(10_001), toArray()));
    expect(some).toHaveLength(10_001);
    expect(storage.log.ranges).toHaveLength(3);
  });
});

describe('regionRows over storage that has its own ways', () => {
  it('takes the whole file where there are no parts', async () => {
    await using storage = await startStorage(large, {
      instead: (_, __, response) => {
        response.end(large);
        return true;
      },
    });
    expect(await all(storage)).toHaveLength(100_000);
    expect(storage.log.ranges).toHaveLength(1);
  });

  it('holds no whole file that is larger than answers may be', async () => {
    await using storage = await startStorage(large, {
      maxResponseBytes: 100_000,
      instead: (_, __, response) => {
        response.end(large);
        return true;
      },
    });
    await expect(all(storage)).rejects.toMatchObject({
      name: 'ResponseError',
      kind: 'too-large',
      message: expect.stringContaining(
        'larger than 100000 bytes. Raise maxResponseBytes',
      ) as string,
    });
  });

  it('reads parts of a file that is larger than answers may be', async () => {
    await using storage = await startStorage(large, { maxResponseBytes: 100_000 });
    expect(await all(storage)).toHaveLength(100_000);
  });

  it('asks for a new link when the one it has expires, and goes on', async () => {
    await using storage = await startStorage(large, {
      instead: (n, { url }, response) => {
        const isOld = n > 3 && url.endsWith('link=1');
        if (isOld) {
          response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
        }
        return isOld;
      },
    });
    const seen = await all(storage);
    expect(seen).toHaveLength(100_000);
    expect(storage.log.links).toBe(2);
  });

  it('gives up where a new link is refused too, and where there is no result', async () => {
    await using storage = await startStorage(small, {
      instead: (_, __, response) => {
        response.writeHead(403).end();
        return true;
      },
    });
    await expect(all(storage)).rejects.toMatchObject({ name: 'HttpError', status: 403 });
    expect(storage.log).toMatchObject({ links: 2, ranges: { length: 2 } });
  });

  it('fetches a part again whose answer broke off', async () => {
    await using storage = await startStorage(large, {
      instead: (n, { headers }, response) => {
        if (n === 2) {
          const [place] = /\d+-\d+/.exec(headers.range ?? '') ?? [''];
          const range = `bytes ${place}/${large.byteLength}`;
          response.writeHead(206, { 'content-range': range, 'content-length': 100 });
          response.write('PAR1', () => response.destroy());
        }
        return n === 2;
      },
    });
    expect(await all(storage)).toHaveLength(100_000);
  });

  it.each<[string, Record<string, string | number>, string]>([
    ['another part', { 'content-range': 'bytes 0-3/9000000' }, 'with another part of the file'],
    ['a part without its place', {}, 'with another part of the file: no content-range'],
  ])('refuses %s than was asked for', async (_, headers, message) => {
    await using storage = await startStorage(large, {
      instead: (n, __, response) => {
        if (n > 1) {
          response.writeHead(206, headers).end('PAR1');
        }
        return n > 1;
      },
    });
    await expect(all(storage)).rejects.toMatchObject({
      name: 'ResponseError',
      kind: 'parse',
      message: expect.stringContaining(message) as string,
    });
  });

  it('notices a file that changed while it was read', async () => {
    await using storage = await startStorage(large, {
      instead: (n, { headers }, response) => {
        const [, start = 0, end = 0] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? '') ?? [];
        if (n > 1) {
          const size = Number(end) - Number(start) + 1;
          const total = large.byteLength + 1;
          response.writeHead(206, { 'content-range': `bytes ${start}-${end}/${total}` });
          response.end(large.subarray(0, size));
        }
        return n > 1;
      },
    });
    await expect(all(storage)).rejects.toThrow('it changed while it was read');
  });
});

describe('regionRows of what cannot be read', () => {
  it.each([
    ['no Parquet at all', new TextEncoder().encode('<html>not a table</html>')],
    ['a few bytes', new TextEncoder().encode('PAR')],
    ['a file with a damaged end', large.with(large.length - 40, 255).subarray(0, -4)],
  ])('is an error: %s', async (_, file) => {
    await using storage = await startStorage(file);
    await expect(all(storage)).rejects.toMatchObject({
      name: 'ResponseError',
      kind: 'parse',
      message: expect.stringContaining('The result cannot be read as a Parquet file') as string,
    });
  });

  it('is an error: a column that there is not', async () => {
    await using storage = await startStorage(small);
    await expect(all(storage, { columns: ['id', 'name'] })).rejects.toEqual(
      new RangeError('regionRows: there is no column "name"; there are "id"'),
    );
  });
});
