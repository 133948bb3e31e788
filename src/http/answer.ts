import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { HttpError, NetworkError, ResponseError } from '../errors.ts';
import { complaintOf } from './complaintOf.ts';
import type { Wire } from './connection.ts';
import type { AnswerHeaders } from './exchange.ts';
import { isMarkup, markupWords } from './markupWords.ts';
import { parseJson } from './parseJson.ts';
import { retryAfter } from './retryAfter.ts';

/** What an answer's body is expected to be: JSON, JSON or empty, of no interest, or events and nothing to be read here. */
export type AnswerKind = 'json' | 'any' | 'nothing' | 'events';

const SNIPPET_LENGTH = 2048;

const decoders: Readonly<Record<string, typeof gunzip.__promisify__>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** For answers of storage, which knows links and no API key. */
export const linkHints: Hints = { 403: 'the link has expired or was altered. Ask for a new one' };

/** The encodings that {@link Answer} can undo, for `accept-encoding`. */
export const acceptEncoding = 'gzip, br';

/** Collects one answer and makes a value or an error of it. */
export class Answer {
  readonly #wire: Wire;
  readonly #route: string;
  readonly #hints: Hints;
  #status = 0;
  #headers: AnswerHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(wire: Wire, route: string, hints: Hints = apiHints) {
    this.#wire = wire;
    this.#route = route;
    this.#hints = hints;
  }

  /** The HTTP status; 0 before the headers are there. */
  get status(): number {
    return this.#status;
  }

  /** Whether the status says that it worked. */
  get ok(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  onHeaders(status: number, headers: AnswerHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  /** @throws ResponseError when the answer grows larger than the connection allows; HttpError when that is a refusal. */
  onData(chunk: Buffer): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > this.#wire.maxResponseBytes) {
      this.#chunks = [];
      throw this.ok ? this.#tooLarge() : this.#httpError();
    }
    this.#chunks.push(chunk);
  }

  /**
   * Whether it is server-sent events, to be told once the headers are there.
   *
   * @throws ResponseError when the events are compressed: they would come in blocks, long after they were sent.
   */
  isEventStream(): boolean {
    const type = this.#header('content-type') ?? '';
    if (!this.ok || !/^text\/event-stream\s*(?:[;,]|$)/i.test(type)) {
      return false;
    }
    if (this.#encodings().length > 0) {
      throw this.#broken(
        'decode',
        `the events are compressed (${this.#encodingInWords()}), which was not asked for. Is a proxy in between?`,
      );
    }
    return true;
  }

  /** Calls `done` when the answer can be read: at once, or after its `content-encoding` was undone. */
  whole(done: () => void, failed: (error: unknown) => void): void {
    const encodings = this.#encodings();
    // Servers name the encoding of a body that they then leave out, as with 204.
    if (encodings.length === 0 || this.#bytes === 0) {
      done();
      return;
    }
    // A connection that is being closed waits for it.
    const decoded = this.#wire.lifetime.begin({ sent: () => true, cut: () => undefined });
    this.#decode(encodings)
      .then(done, (error: unknown) => {
        if (this.ok) {
          failed(error);
        } else {
          // What a refusal says in its body counts less than its status, which decides whether to try again.
          this.#chunks = [];
          done();
        }
      })
      .finally(decoded);
  }

  /** Never holds more than the allowed size. */
  async #decode(encodings: string[]): Promise<void> {
    // More than two are not compression but an attempt to keep this side busy.
    if (encodings.length > 2) {
      throw this.#broken('decode', `${encodings.length} encodings on top of each other`);
    }
    let body = this.#body();
    for (const encoding of encodings.reverse()) {
      const decoder = decoders[encoding];
      if (!decoder) {
        throw this.#broken('decode', `unknown encoding ${this.#encodingInWords()}`);
      }
      try {
        body = await decoder(body, { maxOutputLength: this.#wire.maxResponseBytes });
      } catch (cause) {
        throw cause instanceof RangeError
          ? this.#tooLarge()
          : this.#broken('decode', `the ${encoding} data is damaged`, undefined, cause);
      }
    }
    this.#chunks = [body];
  }

  /** What to tell of an answer that has broken off: of a refusal its status, which decides whether to try again. */
  brokenOff(error: Error): Error {
    const closing = error instanceof NetworkError && error.kind === 'shutdown';
    if (this.#status === 0 || this.ok || closing) {
      return error;
    }
    // Half a body says little, and may hold half a key, which nothing would take out.
    this.#chunks = [];
    return this.#httpError(error);
  }

  /**
   * The answer's value.
   *
   * @throws HttpError for a status other than 2xx; ResponseError when the body is not what was expected.
   */
  read(kind: AnswerKind): unknown {
    if (!this.ok) {
      throw this.#httpError();
    }
    if (kind === 'nothing') {
      return undefined;
    }
    const text = this.#body()
      .toString('utf8')
      .replace(/^\uFEFF/, '');
    if (text.trim() === '') {
      if (kind === 'any') {
        return undefined;
      }
      throw this.#broken('parse', 'the answer is empty');
    }
    // A gateway or a captive portal that answers in the API's place.
    if (isMarkup(text)) {
      const title = markupWords(this.#wire.redact(text));
      throw this.#broken(
        'content-type',
        `the answer is a web page${title ? ` titled ${JSON.stringify(title.slice(0, 80))}` : ''}, not JSON. Is the base URL right?`,
        text,
      );
    }
    if (kind === 'events') {
      throw this.#notEvents(text);
    }
    return parseJson(text, this.#wire, (cause) =>
      this.#broken('parse', 'the answer is not valid JSON', text, cause),
    );
  }

  /** With the server's own words, if the answer is a refusal in spite of its status. */
  #notEvents(text: string): ResponseError {
    const { redact } = this.#wire;
    const type = this.#header('content-type') ?? 'of no type';
    const { words } = complaintOf(text, redact);
    return this.#broken(
      'content-type',
      [`the answer is ${redact(type).slice(0, 80)} where text/event-stream is due`, words]
        .filter((part) => part !== undefined)
        .join(': '),
      text,
    );
  }

  #body(): Buffer {
    const [first] = this.#chunks;
    return first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
  }

  #header(name: string): string | undefined {
    const value = this.#headers[name];
    return typeof value === 'string' ? value : value?.join(', ');
  }

  #encodings(): string[] {
    return (this.#header('content-encoding') ?? '')
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== '' && name !== 'identity');
  }

  /** As the server wrote it: in lower case the key would not be found. */
  #encodingInWords(): string {
    const name = this.#wire.redact(this.#header('content-encoding') ?? '');
    return JSON.stringify(name.slice(0, 80));
  }

  #httpError(cause?: Error): HttpError {
    const status = this.#status;
    const { body, detail, words } = complaintOf(this.#body().toString('utf8'), this.#wire.redact);
    const wait = retryAfter(this.#headers);
    return new HttpError(
      [`${this.#route} answered ${status}`, words, this.#hint()]
        .filter((part) => part !== undefined)
        .join(': '),
      {
        route: this.#route,
        status,
        body,
        detail,
        requestId: this.#requestId(),
        retryable: passingStatuses.has(status),
        retryAfterMs: wait,
        cause,
      },
    );
  }

  #hint(): string | undefined {
    const { prefix } = this.#wire;
    // A gateway may have the API below such a path, so that it is no mistake by itself.
    return this.#status === 404 && this.#hints === apiHints && /\/api(?:\/|$)/i.test(prefix)
      ? `the base URL ends in ${prefix}, and paths of the API begin with /api/v1 by themselves: is it one too many?`
      : this.#hints[this.#status];
  }

  #requestId(): string | undefined {
    const id = this.#header('x-request-id') ?? this.#header('cf-ray');
    return id && this.#wire.redact(id);
  }

  #tooLarge(): ResponseError {
    const limit = this.#wire.maxResponseBytes;
    return this.#broken(
      'too-large',
      `the answer is larger than ${limit} bytes. Ask for smaller pages, or raise maxResponseBytes`,
    );
  }

  #broken(
    kind: ResponseError['kind'],
    what: string,
    text?: string,
    cause?: unknown,
  ): ResponseError {
    const { redact } = this.#wire;
    return new ResponseError(`${this.#route} answered ${this.#status}, but ${what}`, {
      route: this.#route,
      kind,
      requestId: this.#requestId(),
      snippet: text === undefined ? undefined : redact(text).slice(0, SNIPPET_LENGTH),
      cause,
    });
  }
}

/** Statuses that pass by themselves. */
const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504, 529]);

/** What to do about a status, where that is known. */
type Hints = Readonly<Record<number, string>>;

const apiHints: Hints = {
  401: 'check the API key, and that it belongs to the region of the base URL',
  402: 'the plan has no credits left',
  403: 'the API key may not do this in this project or organization',
  407: 'the proxy wants credentials',
  429: 'too many requests',
};
