import type { AsyncBuffer } from 'hyparquet';
import { catchError, concatMap, defer, type Observable, of, type Subscription, tap } from 'rxjs';
import { HttpError, LinkError, ResponseError } from '../errors.ts';
import type { Connection } from '../http/connection.ts';
import { type ByteRange, downloadRange, type FilePart } from '../http/downloadRange.ts';
import type { PresignedUrl } from '../types/presignedUrl.ts';

/** Storage says so of a link that has expired; with temporary credentials some say 400. */
const expired: ReadonlySet<number> = new Set([400, 401, 403]);

function isExpired(error: unknown): boolean {
  return error instanceof LinkError
    ? error.kind === 'expired'
    : error instanceof HttpError && expired.has(error.status);
}

/** A part of a file that is kept in memory. */
interface Held extends Pick<FilePart, 'start'> {
  readonly end: number;
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * The file behind a presigned URL, read in parts, as hyparquet wants it. Keeps its end and what {@link hold} fetched,
 * and nothing else. When the link expires, a new one is asked for and the reading goes on.
 */
export class RegionFile implements AsyncBuffer {
  /** The size of the file, in bytes. */
  readonly byteLength: number;
  readonly #fetch: (range: ByteRange) => Promise<FilePart>;
  readonly #end: Held;
  #held: readonly Held[] = [];

  /**
   * Opens a file by fetching its last bytes. What is under way ends with `lifetime`.
   *
   * @param link - Asks for a link. Asked again when that has expired.
   * @param tail - How many bytes at the end of the file to fetch and keep.
   */
  static async open(
    connection: Connection,
    link: Observable<PresignedUrl>,
    tail: number,
    lifetime: Pick<Subscription, 'add'>,
  ): Promise<RegionFile> {
    const part = partsOf(connection, link);
    const fetch = (range: ByteRange): Promise<FilePart> =>
      new Promise((resolve, reject) => {
        lifetime.add(part(range).subscribe({ next: resolve, error: reject }));
      });
    return new RegionFile(await fetch({ last: tail }), fetch);
  }

  private constructor(end: FilePart, fetch: (range: ByteRange) => Promise<FilePart>) {
    this.byteLength = end.total;
    this.#end = { start: end.start, end: end.total, bytes: Promise.resolve(end.bytes) };
    this.#fetch = fetch;
  }

  /** Fetches what is between the given places, and lets go of what was held before. */
  async hold(ranges: readonly { readonly start: number; readonly end: number }[]): Promise<void> {
    this.#held = ranges
      .filter((range) => range.start < this.#end.start)
      .map((range) => ({ ...range, bytes: this.#read(range) }));
    await Promise.all(this.#held.map(({ bytes }) => bytes));
  }

  async slice(start: number, end: number = this.byteLength): Promise<ArrayBuffer> {
    const held = [this.#end, ...this.#held].find((part) => part.start <= start && end <= part.end);
    if (!held) {
      return (await this.#read({ start, end })).buffer;
    }
    return (await held.bytes).slice(start - held.start, end - held.start).buffer;
  }

  async #read(range: {
    readonly start: number;
    readonly end: number;
  }): Promise<Uint8Array<ArrayBuffer>> {
    const { bytes, total } = await this.#fetch(range);
    if (total !== this.byteLength) {
      throw new ResponseError(
        `The file had ${this.byteLength} bytes and now has ${total}: it changed while it was read. Read it again`,
        { kind: 'parse' },
      );
    }
    return bytes;
  }
}

/** Fetches parts of one file, with one link for all of them for as long as it is good. */
function partsOf(
  connection: Connection,
  link: Observable<PresignedUrl>,
): (range: ByteRange) => Observable<FilePart> {
  let known: PresignedUrl | undefined;
  const current = defer(() => (known ? of(known) : link.pipe(tap((fresh) => (known = fresh)))));

  const part = (range: ByteRange, isLast: boolean): Observable<FilePart> =>
    current.pipe(
      concatMap((used) =>
        downloadRange(connection, used, range).pipe(
          catchError((error: unknown) => {
            if (isLast || !isExpired(error)) {
              throw error;
            }
            // Another part may have been first to notice, and has a new link by now.
            known = known === used ? undefined : known;
            return part(range, true);
          }),
        ),
      ),
    );
  return (range) => part(range, false);
}
