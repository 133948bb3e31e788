import type { Observable } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import {
  type Connection,
  type FanOutUploadEvent,
  fanOutUpload,
  type FolderEntry,
  syncFolder,
  type SyncFolderEvent,
  uploadFolder,
  walkFolder,
} from '../../src/index.ts';

declare const connection: Connection;
declare const letters: readonly { relativePath: string; source: Uint8Array; year: number }[];

it('gives items back as they came in', () => {
  const events = fanOutUpload(connection, 'dir-1', letters, {
    metadata(item) {
      expectTypeOf(item.year).toBeNumber();
      return { year: item.year };
    },
  });
  events.subscribe((event) => {
    if (event.type === 'uploaded') {
      expectTypeOf(event.item.year).toBeNumber();
      expectTypeOf(event.replaced).toBeBoolean();
    } else if (event.type === 'skipped') {
      expectTypeOf(event.reason).toEqualTypeOf<'unchanged' | 'symlink' | 'loop' | 'special'>();
    }
  });
});

it('takes what a walk gives', () => {
  const events = fanOutUpload(connection, 'dir-1', walkFolder('docs'));
  expectTypeOf(events).toEqualTypeOf<Observable<FanOutUploadEvent<FolderEntry>>>();
  expectTypeOf(uploadFolder(connection, 'dir-1', 'docs')).toEqualTypeOf(events);
  expectTypeOf(syncFolder(connection, 'dir-1', 'docs')).toEqualTypeOf<
    Observable<SyncFolderEvent>
  >();
});

it('refuses what cannot be read twice, and metadata that is not flat', () => {
  // @ts-expect-error A web stream can be read once only.
  fanOutUpload(connection, 'dir-1', [{ relativePath: 'a.md', source: new ReadableStream() }]);
  // @ts-expect-error Metadata has no objects in it.
  fanOutUpload(connection, 'dir-1', letters, { metadata: () => ({ a: { b: 1 } }) });
});
