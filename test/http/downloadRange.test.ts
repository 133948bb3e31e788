import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type ByteRange, downloadRange } from '../../src/http/downloadRange.ts';
import { startStorage, type Storage } from '../support/storage.ts';

const file = new TextEncoder().encode('0123456789');

async function part(
  storage: Storage,
  range: ByteRange,
): Promise<{ text: string; start: number; total: number }> {
  const link = { url: `${storage.url}/file?link=1`, expires_at: '2099-01-01T00:00:00Z' };
  const { bytes, ...place } = await lastValueFrom(downloadRange(storage.connection, link, range));
  return { text: new TextDecoder().decode(bytes), ...place };
}

describe('downloadRange', () => {
  it.each<[ByteRange, string, number]>([
    [{ start: 0, end: 3 }, '012', 0],
    [{ start: 4, end: 10 }, '456789', 4],
    [{ last: 2 }, '89', 8],
    [{ last: 99 }, '0123456789', 0],
  ])('gives the bytes %j with their place', async (range, text, start) => {
    await using storage = await startStorage(file);
    expect(await part(storage, range)).toEqual({ text, start, total: 10 });
  });

  it('sends nothing of the credentials, and wants the bytes as they are stored', async () => {
    await using storage = await startStorage(file);
    await part(storage, { last: 1 });
    const headers = storage.requests[0]?.headers;
    expect(headers).toMatchObject({ 'accept-encoding': 'identity' });
    expect(headers).not.toHaveProperty('authorization');
  });

  it('tries again after a failure that passes', async () => {
    await using storage = await startStorage(file, {
      instead: (n, _, response) => {
        if (n === 1) {
          response.writeHead(503).end();
        }
        return n === 1;
      },
    });
    expect(await part(storage, { last: 1 })).toMatchObject({ text: '9' });
    expect(storage.log.ranges).toHaveLength(2);
  });

  it('does not show what is secret in the link where the storage repeats it', async () => {
    await using storage = await startStorage(file, {
      instead: (_, __, response) => {
        response.writeHead(206, { 'content-range': 'bytes sig-abcdef0123456789' }).end('012');
        return true;
      },
    });
    const link = {
      url: `${storage.url}/file?sig=sig-abcdef0123456789`,
      expires_at: '2099-01-01T00:00:00Z',
    };
    const fetched = lastValueFrom(downloadRange(storage.connection, link, { start: 0, end: 3 }));
    await expect(fetched).rejects.toThrow(/another part of the file: bytes \[redacted\]/);
  });

  it.each([[['bytes 2-4/10', 'bytes 2-4/10']], ['bytes 2-4/10, bytes 2-4/10']])(
    'takes a place that is told twice: %j',
    async (place) => {
      await using storage = await startStorage(file, {
        instead: (_, __, response) => {
          response.setHeader('content-range', place).writeHead(206).end('234');
          return true;
        },
      });
      const found = await part(storage, { start: 2, end: 5 });
      expect(found).toEqual({ text: '234', start: 2, total: 10 });
    },
  );

  it.each([
    ['two places', ['bytes 2-4/10', 'bytes 2-4/11']],
    ['a total that is none', 'bytes 2-4/*'],
    ['a total below what it holds', 'bytes 2-4/4'],
    ['a total of 0', 'bytes 2-4/0'],
    ['no place', []],
  ])('refuses a part with %s', async (_, place) => {
    await using storage = await startStorage(file, {
      instead: (__, ___, response) => {
        response.setHeader('content-range', place).writeHead(206).end('234');
        return true;
      },
    });
    const error: unknown = await part(storage, { start: 2, end: 5 }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'ResponseError', kind: 'parse' });
    expect((error as Error).message).not.toMatch(/undefined|NaN|null/);
  });

  it.each([
    ['more', 'bytes 2-4/10', '234567', 'too-large'],
    ['fewer', 'bytes 2-4/10', '2', 'parse'],
  ])('refuses %s bytes than were asked for', async (_, place, content, kind) => {
    await using storage = await startStorage(file, {
      instead: (__, ___, response) => {
        response.writeHead(206, { 'content-range': place }).end(content);
        return true;
      },
    });
    await expect(part(storage, { start: 2, end: 5 })).rejects.toMatchObject({
      name: 'ResponseError',
      kind,
    });
  });

  it('follows a link only where the connection lets links lead', async () => {
    await using storage = await startStorage(file);
    const link = { url: 'http://files.example.com/q3', expires_at: '2099-01-01T00:00:00Z' };
    await expect(
      lastValueFrom(downloadRange(storage.connection, link, { last: 1 })),
    ).rejects.toMatchObject({ name: 'LinkError', kind: 'refused', attempts: 0 });
  });
});
