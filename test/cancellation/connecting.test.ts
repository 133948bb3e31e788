import { describe, expect, it, vi } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { silence } from './support/states.ts';
import { turns } from './support/turns.ts';

const uploads: readonly [string, () => string | Blob | Uint8Array | ReadableStream<Uint8Array>][] =
  [
    ['bytes', () => Buffer.from('It grew.')],
    ['a Blob', () => new Blob(['It grew.'])],
    ['a stream', () => new Blob(['It grew.']).stream()],
    ['a file', () => import.meta.filename],
  ];

describe('an unsubscribe at the moment a request is handed over to be connected for', () => {
  it.each(uploads)('leaves no socket, with %s to send', async (_, contentOf) => {
    await using site = await silence();
    for (let microtasks = 0; microtasks < 30; microtasks += 1) {
      const connection = connect({ token: 'llx-test', baseUrl: site.url });
      const upload = uploadDirectoryFile(connection, 'dir-1', { upload_file: contentOf() });
      const subscription = upload.subscribe();
      for (let n = 0; n < microtasks; n += 1) {
        await Promise.resolve();
      }
      subscription.unsubscribe();
      await turns(3);
    }
    await vi.waitFor(() => expect(site.sockets()).toBe(0), { interval: 2 });
  });
});
