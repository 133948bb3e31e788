import { from } from 'rxjs';
import { describe, expect } from 'vitest';
import { uploadMap } from '../../src/operators/uploadMap.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import {
  createDirectory,
  deleteDirectory,
  getDirectory,
  listDirectories,
} from '../../src/sources/directories.ts';
import { watchIndex } from '../../src/sources/indexes.ts';
import { json } from '../support/server.ts';
import { canary } from './support/canary.ts';
import { selfSigned } from './support/certificate.ts';
import { fault } from './support/fault.ts';

const list = 'GET /api/v1/beta/directories';
const create = 'POST /api/v1/beta/directories';

describe('Answers that say no', () => {
  fault(
    32,
    '409 on a creation',
    { behaviour: 'An `HttpError` with `status` 409, not tried again.' },
    async (run) => {
      const cloud = await run.cloud();
      cloud.faults.next(create, { status: 409, detail: 'the name is taken' });
      const error = await run.errorOf(createDirectory(run.connect(cloud), { name: 'x' }));
      expect(error).toMatchObject({ name: 'HttpError', status: 409, attempts: 1 });
      expect(error.message).toBe(`${create} answered 409: the name is taken`);
    },
  );

  fault(
    33,
    '401 and 403, also in the middle of watching a job',
    {
      behaviour:
        'Passed on at once, with what to check. A key that the server repeats is taken out of the error.',
    },
    async (run) => {
      const cloud = await run.cloud();
      const wrong = run.connect(cloud);
      cloud.faults.next(list, { status: 401, detail: `no such key: ${canary}` });
      const error = await run.errorOf(listDirectories(wrong));
      expect(error).toMatchObject({ status: 401, attempts: 1, retryable: false });
      expect(error.message).toContain('no such key: [redacted]: check the API key');

      const server = await run.server(({ url }, response) => {
        const allowed = server.requests.length < 3;
        json(response, { id: url, metadata: { status: 'pending' } }, allowed ? 200 : 403);
      });
      const watching = run.watch(
        watchIndex(run.connect(server), 'idx-1', { interval: { min: 5, max: 5 } }),
      );
      await run.ended(watching);
      expect(watching.values).toHaveLength(1);
      expect(watching.error).toMatchObject({ status: 403, attempts: 1 });
      expect(server.requests).toHaveLength(3);
    },
  );

  fault(
    34,
    '404 on a read, and on a deletion whose first answer was lost',
    {
      behaviour:
        'An `HttpError` for the read. The deletion has succeeded: what it does not find, it has deleted itself.',
    },
    async (run) => {
      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      const [directory] = await run.valuesOf(createDirectory(connection, { name: 'x' }));
      const id = directory?.id ?? '';
      cloud.faults.next(`DELETE /api/v1/beta/directories/${id}`, {
        reset: 'before-headers',
        carriedOut: true,
      });
      expect(await run.valuesOf(deleteDirectory(connection, id))).toEqual([undefined]);
      expect(run.requests()).toHaveLength(3);
      for (const call of [getDirectory(connection, id), deleteDirectory(connection, id)]) {
        expect(await run.errorOf(call)).toMatchObject({ status: 404, attempts: 1 });
      }
    },
  );

  fault(
    35,
    '413 and 422',
    {
      behaviour:
        'The complaints are in `detail`, each with its place; where many are uploaded, the failure names its file.',
    },
    async (run) => {
      const cloud = await run.cloud({ largestUpload: 10 });
      const connection = run.connect(cloud);
      const invalid = await run.errorOf(createDirectory(connection, { name: '' }));
      expect(invalid).toMatchObject({ status: 422, attempts: 1 });
      expect(invalid).toHaveProperty('detail.0.loc', ['body', 'name']);
      expect(invalid.message).toContain('body.name: ');

      const [directory] = await run.valuesOf(createDirectory(connection, { name: 'x' }));
      const files = ['small.txt', 'large.txt'].map(
        (name) => new File(['x'.repeat(name === 'small.txt' ? 5 : 500)], name),
      );
      const totals = await run.valuesOf(
        from(files).pipe(
          uploadMap((file) =>
            uploadDirectoryFile(connection, directory?.id ?? '', { upload_file: file }),
          ),
        ),
      );
      expect(totals.at(-1)).toMatchObject({
        uploaded: 1,
        failures: [{ item: files[1], error: { status: 413, attempts: 1 } }],
      });
    },
  );

  fault(
    36,
    '402, 451, and statuses that nobody knows',
    { behaviour: 'An `HttpError` with the status, not tried again.' },
    async (run) => {
      const server = await run.rawServer((socket, count) => {
        const status = [402, 451, 418, 599, 799][count - 1] ?? 400;
        socket.write(`HTTP/1.1 ${status} Whatever\r\ncontent-length: 14\r\n\r\n{"detail":"x"}`);
      });
      const connection = run.connect(server);
      for (const status of [402, 451, 418, 599, 799]) {
        expect(await run.errorOf(getDirectory(connection, 'dir-1'))).toMatchObject({
          name: 'HttpError',
          status,
          attempts: 1,
          retryable: false,
        });
      }
    },
  );

  fault(
    37,
    'a redirect to itself',
    {
      behaviour:
        'An `HttpError` with the status of the redirect. None is followed, so there is no loop.',
    },
    async (run) => {
      const cloud = await run.cloud();
      cloud.faults.next(list, { redirect: 'loop' });
      const error = await run.errorOf(listDirectories(run.connect(cloud)));
      expect(error).toMatchObject({ status: 307, attempts: 1 });
      expect(run.requests()).toHaveLength(1);
    },
  );

  fault(
    38,
    'a redirect to another origin',
    { behaviour: 'Not followed: nothing, and so no credentials, reaches the other server.' },
    async (run) => {
      const other = await run.server((_, response) => json(response, []));
      const cloud = await run.cloud();
      cloud.faults.next(list, { redirect: `http://127.0.0.1:${new URL(other.url).port}/` });
      const error = await run.errorOf(listDirectories(run.connect(cloud)));
      expect(error).toMatchObject({ status: 307, attempts: 1 });
      expect(other.requests).toEqual([]);

      cloud.faults.next(list, { redirect: 'other-origin' });
      expect(await run.errorOf(listDirectories(run.connect(cloud)))).toMatchObject({ status: 307 });
      expect(run.requests()).toHaveLength(2);
    },
  );

  fault(
    39,
    'a redirect from https to http',
    { behaviour: 'Not followed: nothing is sent in the clear.' },
    async (run) => {
      const clear = await run.server((_, response) => json(response, {}));
      const server = await run.tlsServer(selfSigned({ host: 'localhost' }), (_, response) => {
        response.writeHead(301, { location: clear.url }).end();
      });
      const error = await run.errorOf(getDirectory(run.connect(server), 'dir-1'));
      expect(error).toMatchObject({ status: 301, attempts: 1 });
      expect(clear.requests).toEqual([]);
      expect(clear.sockets()).toBe(0);
    },
  );

  fault(
    40,
    'a redirect of a POST',
    { behaviour: 'Refused: it is neither repeated elsewhere nor turned into a GET.' },
    async (run) => {
      const cloud = await run.cloud();
      for (const status of [301, 302, 303, 307, 308] as const) {
        cloud.faults.next(create, { redirect: 'other-origin', status });
        const error = await run.errorOf(createDirectory(run.connect(cloud), { name: 'x' }));
        expect(error).toMatchObject({ status, attempts: 1 });
      }
      expect(run.requests().map(({ method }) => method)).toEqual(Array(5).fill('POST'));
    },
  );
});
