import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { Observable } from 'rxjs';
import { FileError } from '../../errors.ts';
import { openSource } from '../../http/openSource.ts';
import { type RepeatableSource, sourceContent } from '../../http/uploadSource.ts';

/** What a content is, and the state of the file that it was read from. */
export interface ContentDigest {
  /** In hexadecimal. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Another text when the file has changed; `undefined` for what is no file. See {@link fileStamp}. */
  readonly stamp: string | undefined;
  /** Whether `stamp` will tell of every change from now on, and the file need not be read to see that there is none. */
  readonly lasting: boolean;
}

/** A file system's clock may stand still for this long, in milliseconds: changes within it bear the same time. */
const CLOCK_TICK = 1_000;

const route = 'POST /api/v1/beta/directories/{directory_id}/files/upload';

/**
 * Reads a content and emits its digest, then completes. Files are streamed. Unsubscribing closes the file. Errors with
 * `FileError` for a file that cannot be read or changes under way and for a stream, which can be read once only, and with a
 * `TypeError` for what is no source.
 *
 * @param known - What was read before: emitted without reading if the file has not changed since.
 */
export function contentDigest(
  source: RepeatableSource,
  known?: ContentDigest,
): Observable<ContentDigest> {
  return new Observable((subscriber) => {
    const read = async (): Promise<ContentDigest> => {
      const content = sourceContent(source, 'source');
      if (content.kind === 'once') {
        const path = content.name ?? 'upload';
        const why =
          'it can be read once only, and would be read twice: first to tell whether it has changed';
        throw new FileError(`the stream ${JSON.stringify(path)} was not uploaded: ${why}`, {
          kind: 'unreadable',
          path,
        });
      }
      const stamp = content.kind === 'path' ? await fileStamp(content.path) : undefined;
      if (known?.lasting && known.stamp === stamp) {
        return known;
      }
      const begun = Date.now();
      const opened = await openSource(route, content);
      subscriber.add(() => opened.close());
      const hash = createHash('sha256');
      let size = 0;
      const take = (bytes: Uint8Array): void => {
        hash.update(bytes);
        size += bytes.byteLength;
      };
      if (opened.content instanceof Uint8Array) {
        take(opened.content);
      } else {
        for await (const bytes of opened.content) {
          take(bytes);
        }
      }
      const lasting = stamp !== undefined && begun - changedAt(stamp) > CLOCK_TICK;
      return { sha256: hash.digest('hex'), size, stamp, lasting };
    };
    read().then(
      (digest) => {
        subscriber.next(digest);
        subscriber.complete();
      },
      (error: unknown) => subscriber.error(error),
    );
  });
}

/** A text that is another one when the file has changed, is another file, or is gone. */
export async function fileStamp(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch {
    return 'gone';
  }
}

/** When a stamp's file was changed last, in milliseconds since 1970. */
function changedAt(stamp: string): number {
  return Number(stamp.slice(stamp.lastIndexOf(':') + 1)) / 1e6;
}
