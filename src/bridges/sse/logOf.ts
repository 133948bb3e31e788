import { concat, defer, ignoreElements, map, type Observable, of, tap } from 'rxjs';
import { describeError } from './describeError.ts';
import { MessageLog } from './messageLog.ts';
import type { SseMessage } from './sseMessage.ts';

/** Names that tell a client how the stream stands, so that no value may bear them. */
const reserved: ReadonlySet<string> = new Set(['end', 'error', 'gap']);

/** What becomes of the values and the failure of a source. */
export interface LogConfig<T> {
  readonly data: (value: T) => unknown;
  readonly event: ((value: T) => string | undefined) | undefined;
  readonly error: (error: unknown) => object;
  readonly keep: number;
}

/**
 * Emits a new log, then fills it with the messages of `source` for as long as it is subscribed to. Ends as the source
 * does, after the log has been told how.
 */
export function logOf<T>(source: Observable<T>, config: LogConfig<T>): Observable<MessageLog> {
  const { data, event, error, keep } = config;

  const messageOf = (value: T): SseMessage => {
    const type = event?.(value);
    // A line break in it could pose as other fields.
    if (type !== undefined && !/^[^\r\n\0]+$/.test(type)) {
      throw new TypeError(`toSse: an event needs a name of one line, got ${JSON.stringify(type)}`);
    }
    if (type !== undefined && reserved.has(type)) {
      throw new TypeError(`toSse: events of the name ${type} are this package's own`);
    }
    // JSON has no text for some values, such as `undefined`, and writes `null` for them in a list.
    const text = data(value) ?? 'null';
    if (typeof text !== 'string') {
      throw new TypeError(`toSse: data must return text, not ${typeof text}`);
    }
    return type === undefined ? { data: text } : { data: text, type };
  };
  const failureMessage = (failure: unknown): SseMessage => {
    try {
      return { type: 'error', data: JSON.stringify(error(failure)) };
    } catch {
      return { type: 'error', data: JSON.stringify(describeError(failure)) };
    }
  };

  return defer(() => {
    const log = new MessageLog(keep);
    const filling = source.pipe(
      map(messageOf),
      tap({
        next: (message) => log.append(message),
        error: (failure: unknown) => log.end(failureMessage(failure)),
        complete: () => log.end({ type: 'end', data: 'null' }),
      }),
      ignoreElements(),
    );
    return concat(of(log), filling);
  });
}
