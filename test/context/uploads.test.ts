import { setTimeout as later } from 'node:timers/promises';
import { map } from 'rxjs';
import { expect, it } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { json, startServer } from '../support/server.ts';
import { tenant, wrongContexts } from './support/tenants.ts';

it('an upload reads its source and tells of its progress in the context of its caller', async () => {
  await using server = await startServer((_, response) => json(response, { id: 'x' }));
  const connection = connect({ token: 'llx-test', baseUrl: server.url, concurrency: 3 });
  const readAs = new Map<string, Set<unknown>>();
  const sourceOf = (own: string): ReadableStream<Uint8Array> => {
    const seen = new Set<unknown>();
    readAs.set(own, seen);
    let left = 3;
    return new ReadableStream(
      {
        async pull(controller) {
          seen.add(tenant.getStore());
          await later(1);
          controller.enqueue(new Uint8Array(2_000_000));
          left -= 1;
          if (left === 0) {
            controller.close();
          }
        },
      },
      // Nothing ahead of the first read.
      { highWaterMark: 0 },
    );
  };

  const complaints = await wrongContexts('upload', (own) =>
    uploadDirectoryFile(connection, 'dir-1', { upload_file: sourceOf(own) }).pipe(
      map((event) => event.type),
    ),
  );

  expect(complaints).toEqual([]);
  expect(readAs.size).toBe(20);
  for (const [own, seen] of readAs) {
    expect([...seen]).toEqual([own]);
  }
});
