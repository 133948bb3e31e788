import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { createAgentData, getAgentData } from '../../src/sources/agentData.ts';
import { streamChat } from '../../src/sources/chat.ts';
import { getDirectory, listDirectories } from '../../src/sources/directories.ts';
import { json } from '../support/server.ts';
import { fault } from './support/fault.ts';

const list = 'GET /api/v1/beta/directories';

describe('Answers that are not what they should be', () => {
  fault(
    16,
    'fields that nobody knows, and optional ones that are missing',
    { behaviour: 'The answer is passed on as it is; the wire types say what is promised.' },
    async (run) => {
      const server = await run.server((_, response) => json(response, { id: 'dir-1', news: [1] }));
      expect(await run.valuesOf(getDirectory(run.connect(server), 'dir-1'))).toEqual([
        { id: 'dir-1', news: [1] },
      ]);
    },
  );

  fault(
    17,
    'another charset than UTF-8, and lone surrogates',
    {
      behaviour:
        'Read as UTF-8 whatever the header says; what is not becomes U+FFFD. Never an error.',
    },
    async (run) => {
      const server = await run.server((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json; charset=iso-8859-1' });
        response.end(
          Buffer.from('{"name":"caf\xe9","half":"\\ud83d","id":"\xed\xa0\xbd"}', 'latin1'),
        );
      });
      const [directory] = await run.valuesOf(getDirectory(run.connect(server), 'dir-1'));
      expect(directory).toEqual({ name: 'caf\uFFFD', half: '\ud83d', id: '\uFFFD\uFFFD\uFFFD' });
    },
  );

  fault(
    18,
    'a gzip that grows from 200 kB to 200 MB',
    { behaviour: 'The kind `too-large` once `maxResponseBytes` are unpacked; memory stays flat.' },
    async (run) => {
      // A gzip may have many members: twenty of ten megabytes are packed faster than one of two hundred.
      const member = gzipSync(Buffer.alloc(10_000_000, ' '));
      const bomb = Buffer.concat(Array.from({ length: 20 }, () => member));
      expect(bomb.length).toBeLessThan(250_000);
      const server = await run.server((_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
      });
      const before = process.memoryUsage.rss();
      const connection = run.connect(server, { maxResponseBytes: 8 * 2 ** 20 });
      const error = await run.errorOf(getDirectory(connection, 'dir-1'));
      expect(error).toMatchObject({ name: 'ResponseError', kind: 'too-large', attempts: 1 });
      expect(process.memoryUsage.rss() - before).toBeLessThan(80 * 2 ** 20);
    },
  );

  fault(
    19,
    'fifty encodings on top of each other',
    { behaviour: 'More than two are refused unread: the kind `decode`.' },
    async (run) => {
      const cloud = await run.cloud();
      cloud.faults.next(list, { encoding: 'stacked' });
      const error = await run.errorOf(listDirectories(run.connect(cloud)));
      expect(error).toMatchObject({ kind: 'decode', attempts: 1 });
      expect(error.message).toContain('50 encodings');

      const twice = gzipSync(gzipSync('{"id":"dir-1"}'));
      const server = await run.server((_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(twice);
      });
      expect(await run.valuesOf(getDirectory(run.connect(server), 'dir-1'))).toHaveLength(1);
    },
  );

  fault(
    20,
    'a damaged gzip, or an encoding that nobody knows',
    { behaviour: 'The kind `decode`; the message names the encoding.' },
    async (run) => {
      const cloud = await run.cloud();
      for (const encoding of ['corrupt', 'unknown'] as const) {
        cloud.faults.next(list, { encoding });
        const error = await run.errorOf(listDirectories(run.connect(cloud)));
        expect(error).toMatchObject({ kind: 'decode', attempts: 1 });
        expect(error.message).toMatch(/gzip|x-unheard-of/);
      }
    },
  );

  fault(
    21,
    'JSON of 100 MB, and JSON nested 100,000 deep',
    {
      behaviour:
        'The kind `too-large` beyond `maxResponseBytes`, the socket closed; deep JSON is read, and refused where it is no page.',
    },
    async (run) => {
      let written = 0;
      const server = await run.server((_, response) => {
        const piece = Buffer.alloc(2 ** 20, ' ');
        const more = (): void => {
          while (written < 100 && !response.destroyed && response.write(piece)) {
            written += 1;
          }
        };
        response.on('drain', more);
        more();
      });
      const connection = run.connect(server, { maxResponseBytes: 4 * 2 ** 20 });
      expect(await run.errorOf(getDirectory(connection, 'dir-1'))).toMatchObject({
        kind: 'too-large',
        attempts: 1,
      });
      expect(written).toBeLessThan(100);

      const cloud = await run.cloud();
      cloud.faults.next(list, { body: 'deep-json' });
      expect(await run.errorOf(listDirectories(run.connect(cloud)))).toMatchObject({
        name: 'ResponseError',
        kind: 'parse',
      });
    },
  );

  fault(
    22,
    'headers of 100 KB, and ten thousand headers',
    { behaviour: 'A `NetworkError` of the kind `protocol`, not tried again.' },
    async (run) => {
      const cloud = await run.cloud();
      cloud.faults.next(list, { headerBytes: 100_000 }, 3);
      const many = await run.rawServer((socket) => {
        const headers = Array.from({ length: 10_000 }, (_, at) => `x${at}: 1\r\n`).join('');
        socket.end(`HTTP/1.1 200 OK\r\n${headers}content-length: 2\r\n\r\n{}`);
      });
      for (const call of [
        listDirectories(run.connect(cloud)),
        getDirectory(run.connect(many), 'dir-1'),
      ]) {
        const error = await run.errorOf(call);
        expect(error).toMatchObject({
          name: 'NetworkError',
          kind: 'protocol',
          code: 'UND_ERR_HEADERS_OVERFLOW',
          attempts: 1,
        });
      }
    },
  );

  fault(
    23,
    '`__proto__`, `constructor` and `toString` as keys of JSON',
    {
      behaviour:
        'They are data like any other, stored and given back; no prototype changes. The same in chat events.',
    },
    async (run) => {
      const hostile = '{"__proto__":{"polluted":1},"constructor":{"prototype":{}},"toString":"x"}';
      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      const [created] = await run.valuesOf(
        createAgentData(connection, {
          deployment_name: 'd',
          data: JSON.parse(hostile) as Record<string, unknown>,
        }),
      );
      const [stored] = await run.valuesOf(getAgentData(connection, created?.id ?? ''));
      expect(JSON.stringify(stored?.data)).toBe(hostile);

      const server = await run.server((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(
          `data: {"type":"text","__proto__":{"polluted":1}}\n\ndata: {"type":"stop"}\n\n`,
        );
      });
      const chat = streamChat(run.connect(server), 'session-1', {
        prompt: 'x',
        index_ids: ['idx-1'],
      });
      const [event] = await run.valuesOf(chat);
      expect(Object.keys(event ?? {})).toEqual(['type', '__proto__']);
      expect({}).not.toHaveProperty('polluted');
    },
  );

  fault(
    24,
    'integers beyond 2^53',
    {
      behaviour:
        'Ids are strings and stay exact. A number beyond 2^53 is rounded, as everywhere in JavaScript.',
    },
    async (run) => {
      const server = await run.server((_, response) => {
        response.end('{"id":"9007199254740993","count":9007199254740993}');
      });
      expect(await run.valuesOf(getDirectory(run.connect(server), 'dir-1'))).toEqual([
        { id: '9007199254740993', count: 2 ** 53 },
      ]);
    },
  );

  fault(
    25,
    'the same key twice in one object',
    { behaviour: 'The last one counts.' },
    async (run) => {
      const server = await run.server((_, response) => {
        response.end('{"id":"first","id":"last"}');
      });
      expect(await run.valuesOf(getDirectory(run.connect(server), 'dir-1'))).toEqual([
        { id: 'last' },
      ]);
    },
  );
});
