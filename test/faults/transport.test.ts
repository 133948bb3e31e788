import { describe, expect } from 'vitest';
import {
  createDirectory,
  deleteDirectory,
  getDirectory,
  listDirectories,
} from '../../src/sources/directories.ts';
import { fault } from './support/fault.ts';

const list = 'GET /api/v1/beta/directories';
const create = 'POST /api/v1/beta/directories';

describe('Answers that break off or stall', () => {
  fault(
    7,
    'reset in the middle of the headers',
    {
      behaviour:
        'A read is sent again. A creation ends with `NetworkError.ambiguous`, sent once: look before you repeat it.',
    },
    async (run) => {
      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      cloud.faults.next(list, { reset: 'in-headers' });
      expect(await run.valuesOf(listDirectories(connection))).toEqual([]);
      expect(run.requests()).toHaveLength(2);

      cloud.faults.next(create, { reset: 'in-headers', carriedOut: true });
      const error = await run.errorOf(createDirectory(connection, { name: 'once' }));
      expect(error).toMatchObject({ name: 'NetworkError', ambiguous: true, attempts: 1 });
      expect(await run.valuesOf(listDirectories(connection))).toMatchObject([{ name: 'once' }]);
    },
  );

  fault(
    8,
    'reset in the middle of the body',
    {
      behaviour:
        'Nothing of the half answer is emitted. A read is sent again, whole; a creation ends with the kind `truncated`.',
    },
    async (run) => {
      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      cloud.faults.next(create, { reset: 5 });
      const error = await run.errorOf(createDirectory(connection, { name: 'once' }));
      expect(error).toMatchObject({ kind: 'truncated', ambiguous: true, attempts: 1 });

      cloud.faults.next(list, { reset: 10 });
      expect(await run.valuesOf(listDirectories(connection))).toMatchObject([{ name: 'once' }]);
      expect(run.requests()).toHaveLength(3);
    },
  );

  fault(
    9,
    'a content-length that is too high, or too low',
    {
      behaviour:
        'Too high is the kind `truncated`, and a read is sent again. Too low cuts the JSON: a `ResponseError` of the kind `parse`.',
    },
    async (run) => {
      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      cloud.faults.next(list, { contentLength: 7 }, 3);
      expect(await run.errorOf(listDirectories(connection))).toMatchObject({
        kind: 'truncated',
        attempts: 3,
      });
      cloud.faults.next(list, { contentLength: -7 });
      expect(await run.errorOf(listDirectories(connection))).toMatchObject({
        kind: 'parse',
        attempts: 1,
      });
    },
  );

  fault(
    10,
    'the peer is gone without a word (half-open connection)',
    { behaviour: 'The kind `timeout` after `timeouts.bodyGap`; this side closes its socket.' },
    async (run) => {
      const server = await run.rawServer((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"id":');
      }, true);
      const connection = run.connect(server, {
        timeouts: { bodyGap: 40 },
        retry: { attempts: 1 },
      });
      const error = await run.errorOf(getDirectory(connection, 'dir-1'));
      expect(error).toMatchObject({ kind: 'timeout', ambiguous: true });
      expect(error.message).toContain('the answer stopped coming');
    },
  );

  fault(
    11,
    'an answer that comes byte by byte, for ever',
    {
      behaviour:
        'The kind `timeout` after `timeouts.total`, although every byte begins the gap anew; the socket is closed.',
    },
    async (run) => {
      const cloud = await run.cloud();
      cloud.faults.next(list, { drip: 1, every: 20 });
      const connection = run.connect(cloud, { timeouts: { bodyGap: 500, total: 150 } });
      const error = await run.errorOf(listDirectories(connection));
      expect(error).toMatchObject({ kind: 'timeout', attempts: 1 });
      expect(error.message).toContain('timeouts.total');
    },
  );

  fault(
    12,
    'silence after the headers',
    { behaviour: 'The kind `timeout` after `timeouts.bodyGap`; a read is sent again.' },
    async (run) => {
      const cloud = await run.cloud();
      const connection = run.connect(cloud, { timeouts: { bodyGap: 40 } });
      cloud.faults.next(list, { stall: 0 });
      expect(await run.valuesOf(listDirectories(connection))).toEqual([]);
      cloud.faults.next(create, { stall: 0 });
      expect(await run.errorOf(createDirectory(connection, { name: 'x' }))).toMatchObject({
        kind: 'timeout',
        ambiguous: true,
        attempts: 1,
      });
    },
  );

  fault(
    13,
    'JSON that is cut',
    {
      behaviour:
        'A `ResponseError` of the kind `parse`, with the parser’s complaint as `cause` and the first 2 KiB as `snippet`.',
    },
    async (run) => {
      const cloud = await run.cloud();
      cloud.faults.next(list, { body: 'cut-json' });
      const error = await run.errorOf(listDirectories(run.connect(cloud)));
      expect(error).toMatchObject({ name: 'ResponseError', kind: 'parse', attempts: 1 });
      expect(error).toHaveProperty('snippet', expect.stringMatching(/^\{"items"/));
      expect(error.cause).toBeInstanceOf(SyntaxError);

      const server = await run.server((_, response) => {
        response.end(`["${'x'.repeat(10_000)}`);
      });
      expect(await run.errorOf(getDirectory(run.connect(server), 'dir-1'))).toHaveProperty(
        'snippet.length',
        2048,
      );
    },
  );

  fault(
    14,
    'a web page with status 200, as a captive portal or a gateway sends it',
    {
      behaviour: 'A `ResponseError` of the kind `content-type` whose message has the page’s title.',
    },
    async (run) => {
      const cloud = await run.cloud();
      cloud.faults.next(list, { body: 'html' });
      const error = await run.errorOf(listDirectories(run.connect(cloud)));
      expect(error).toMatchObject({ name: 'ResponseError', kind: 'content-type' });
      expect(error.message).toContain('a web page titled "Sign in to the network"');
      expect(error.message).not.toContain('Unexpected token');
    },
  );

  fault(
    15,
    'an empty answer',
    {
      behaviour:
        'The kind `parse` where an object is due; just as good as 204 where the operation has nothing to say.',
    },
    async (run) => {
      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      cloud.faults.next(list, { body: 'empty' });
      const error = await run.errorOf(listDirectories(connection));
      expect(error).toMatchObject({ kind: 'parse', attempts: 1 });
      expect(error.message).toContain('the answer is empty');

      const server = await run.server((_, response) => {
        response.end();
      });
      expect(await run.valuesOf(deleteDirectory(run.connect(server), 'dir-1'))).toHaveLength(1);
    },
  );
});
