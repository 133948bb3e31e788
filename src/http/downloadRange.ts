import { Observable } from 'rxjs';
import { ResponseError } from '../errors.ts';
import type { PresignedUrl } from '../types/presignedUrl.ts';
import type { Attempt } from './activityEvent.ts';
import { Answer, linkHints } from './answer.ts';
import type { Connection, Wire } from './connection.ts';
import { type AnswerHeaders, exchange } from './exchange.ts';
import { headerValues } from './headerValues.ts';
import { LINK_ROUTE, type PresignedAddress } from './presignedAddress.ts';
import { retryTransient } from './retryTransient.ts';
import { throughLink } from './throughLink.ts';

/** Which bytes of a file: from `start` up to and without `end`, or so many at its end. */
export type ByteRange =
  { readonly start: number; readonly end: number } | { readonly last: number };

/** Bytes of a file, and where in it they are. */
export interface FilePart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the part starts in the file, in bytes. */
  readonly start: number;
  /** The size of the whole file, in bytes. */
  readonly total: number;
}

/**
 * Fetches a part of what a presigned URL points to: emits it, then completes. Where the storage knows no ranges, the
 * part is the whole file, which may be as large as the connection's `maxResponseBytes`. As with `download`, credentials
 * stay here and a redirect is an error; failures that pass are tried again.
 *
 * Errors with `LinkError` when the link has expired or is not one to follow, and with `ResponseError` when the answer is
 * not the part that was asked for.
 */
export function downloadRange(
  connection: Connection,
  presigned: PresignedUrl,
  range: ByteRange,
): Observable<FilePart> {
  return throughLink(connection, presigned, (address, wire) => fetch(address, wire, range));
}

function fetch(
  { origin, path }: PresignedAddress,
  wire: Wire,
  range: ByteRange,
): Observable<FilePart> {
  return retryTransient(wire, send, { route: LINK_ROUTE, origin, retryClass: 'safe' });

  function send(attempt: Attempt): Observable<FilePart> {
    return new Observable((subscriber) => {
      const answer = new Answer(wire, LINK_ROUTE, linkHints);
      const part = new Part(wire, range);
      const guarded = (work: () => void): void => {
        try {
          work();
        } catch (error) {
          subscriber.error(error);
        }
      };
      const spec = {
        attempt,
        origin,
        method: 'GET',
        path,
        headers: {
          'accept-encoding': 'identity',
          'user-agent': 'rx-llamacloud',
          range: 'last' in range ? `bytes=-${range.last}` : `bytes=${range.start}-${range.end - 1}`,
        },
      };
      return exchange(wire, spec, {
        onHeaders(status, headers) {
          answer.onHeaders(status, headers);
          if (answer.ok) {
            guarded(() => part.begin(status, headers));
          }
        },
        onData: (chunk) => guarded(() => (answer.ok ? part.add(chunk) : answer.onData(chunk))),
        onEnd() {
          guarded(() => {
            answer.read('nothing');
            subscriber.next(part.end());
          });
          subscriber.complete();
        },
        onError: (error) => subscriber.error(answer.brokenOff(error)),
      });
    });
  }
}

/** Collects the bytes of a 2xx answer and sees that they are what was asked for. */
class Part {
  readonly #range: ByteRange;
  readonly #wire: Wire;
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #start = 0;
  #total: number | undefined;
  #bytes = 0;

  constructor(wire: Wire, range: ByteRange) {
    this.#range = range;
    this.#wire = wire;
  }

  begin(status: number, headers: AnswerHeaders): void {
    this.#status = status;
    if (status !== 206) {
      return;
    }
    // A gateway may repeat it.
    const places = new Set(headerValues(headers, 'content-range'));
    const place = [...places].join(', ') || 'no content-range';
    const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(place) ?? [];
    const asked = this.#range;
    const expected = 'last' in asked ? Math.max(0, Number(total) - asked.last) : asked.start;
    if (Number(start) !== expected || !(Number(end) < Number(total))) {
      const words = this.#wire.redact(place).slice(0, 80);
      throw broken('parse', 206, `with another part of the file: ${words}`);
    }
    this.#start = expected;
    this.#total = Number(total);
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    const limit = this.#wire.maxResponseBytes;
    if (this.#status !== 206 && this.#bytes > limit) {
      throw broken(
        'too-large',
        this.#status,
        `with the whole file, and it is larger than ${limit} bytes. Raise maxResponseBytes`,
      );
    }
    if (this.#bytes > this.#asked()) {
      throw broken('too-large', this.#status, 'with more than was asked for');
    }
  }

  end(): FilePart {
    if (this.#status === 206 && this.#bytes < this.#asked()) {
      throw broken('parse', 206, `with ${this.#bytes} of ${this.#asked()} bytes`);
    }
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.byteLength;
    }
    return { bytes, start: this.#start, total: this.#total ?? this.#bytes };
  }

  /** How many bytes have to come. */
  #asked(): number {
    const asked = this.#range;
    if (this.#status !== 206 || this.#total === undefined) {
      return Infinity;
    }
    return 'last' in asked
      ? this.#total - this.#start
      : Math.min(asked.end, this.#total) - this.#start;
  }
}

function broken(kind: 'parse' | 'too-large', status: number, what: string): ResponseError {
  return new ResponseError(`${LINK_ROUTE} answered ${status}, ${what}`, {
    route: LINK_ROUTE,
    kind,
  });
}
