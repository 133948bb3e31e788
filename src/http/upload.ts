import { map, Observable } from 'rxjs';
import type { UploadEvent } from '../types/uploadEvent.ts';
import type { Attempt } from './activityEvent.ts';
import { Answer } from './answer.ts';
import { type Connection, wireOf } from './connection.ts';
import { exchange, type ExchangeBody } from './exchange.ts';
import { multipart, type MultipartBody } from './multipart.ts';
import { requestHead } from './requestHead.ts';
import { retryClass } from './retryClass.ts';
import { type AttemptState, type LookUp, retryTransient } from './retryTransient.ts';
import type { Route, RouteParams } from './route.ts';
import { holdSource, openSource } from './openSource.ts';
import { sourceContent, type UploadSource } from './uploadSource.ts';

/** What one upload sends. */
export type UploadSpec<R extends Route, T> = RouteParams<R> & {
  readonly query?: object | undefined;
  readonly file: UploadSource;
  /** The form's field for the file. */
  readonly fileField: string;
  /** @defaultValue the source's own name, else `upload` */
  readonly fileName?: string | undefined;
  /** The form's other fields; `null` and `undefined` are left out. */
  readonly fields?: Readonly<Record<string, string | null | undefined>> | undefined;
  /** See `retryTransient`. Without it, an upload of unknown outcome is not sent again. */
  readonly reconcile?: LookUp<T> | undefined;
};

/**
 * Sends one file as a form: emits progress in bytes, then the server's answer, then completes.
 *
 * A path is opened when the upload's turn has come and streamed from disk; unsubscribing closes the socket and the file at
 * once. Errors with `FileError` for a file that cannot be read or changes under way, else like `request`. A
 * stream, an async iterable or a `Response` can be read once only, so its upload is never sent again; it is destroyed or
 * cancelled at the end, and when it is unsubscribed while it still waits for its turn.
 *
 * @throws TypeError for what is no source, or one that was read already.
 */
export function upload<T, R extends Route>(
  connection: Connection,
  route: R,
  spec: UploadSpec<R, T>,
): Observable<UploadEvent<T>> {
  const wire = wireOf(connection);
  const head = requestHead(connection, route, spec);
  const { file, reconcile } = spec;
  const content = sourceContent(file, `${route}: ${spec.fileField}`);
  const name = spec.fileName ?? content.name ?? 'upload';
  return retryTransient(wire, send, {
    route,
    repeatable: content.kind !== 'once',
    retryClass: retryClass(route),
    isAnswer: ({ type }) => type === 'uploaded',
    reconcile:
      reconcile &&
      ((begunAt) =>
        reconcile(begunAt).pipe(
          map((found): UploadEvent<T> | undefined => found && { type: 'uploaded', file: found }),
        )),
  });

  function send(attempt: Attempt, { onSent }: AttemptState): Observable<UploadEvent<T>> {
    return new Observable((subscriber) => {
      const answer = new Answer(wire, route);
      let form: MultipartBody | undefined;
      let total: number | undefined;
      let sent = 0;
      let loaded = 0;

      const finish = (): void => {
        try {
          subscriber.next({ type: 'uploaded', file: answer.read('json') as T });
        } catch (error) {
          subscriber.error(error);
        }
        subscriber.complete();
      };
      subscriber.add(holdSource(content));
      // Opened when it is this upload's turn: those in line must hold neither files nor memory.
      const open = async (): Promise<ExchangeBody> => {
        const source = await openSource(route, content, name);
        subscriber.add(() => source.close());
        total = source.size;
        form = multipart(spec.fields ?? {}, {
          field: spec.fileField,
          name,
          mediaType: content.mediaType ?? 'application/octet-stream',
          source,
        });
        return {
          content: form.body,
          headers: {
            ...head.headers,
            'accept-encoding': 'identity',
            'content-type': form.contentType,
            ...(form.contentLength !== undefined && {
              'content-length': String(form.contentLength),
            }),
          },
        };
      };

      return exchange(
        wire,
        { attempt, ...head, body: open },
        {
          onSent,
          onBodySent(bytes) {
            if (!form) {
              return;
            }
            sent += bytes;
            const past = Math.min(Math.max(0, sent - form.headSize), form.contentRead());
            if (past > loaded || sent === form.contentLength) {
              loaded = past;
              subscriber.next({ type: 'progress', loaded, total });
            }
          },
          onHeaders: (status, answered) => answer.onHeaders(status, answered),
          onData(chunk) {
            try {
              answer.onData(chunk);
            } catch (error) {
              subscriber.error(error);
            }
          },
          onEnd: () => answer.whole(finish, (error) => subscriber.error(error)),
          onError: (error) => subscriber.error(answer.brokenOff(error)),
        },
      );
    });
  }
}
