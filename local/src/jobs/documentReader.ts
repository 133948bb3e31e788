import type { ParserPool } from '../documents/parserPool.ts';
import type { ParsedDocument } from '../documents/parsedDocument.ts';
import type { Blobs } from '../store/blobs.ts';
import type { Database } from '../store/openDatabase.ts';
import type { DocumentSource } from '../store/parsedDocuments.ts';
import { isParsed, keepParsedDocument, loadParsedDocument } from '../store/parsedDocuments.ts';

/** Parses each content once, however many jobs and indexes ask for it. */
export interface DocumentReader {
  /**
   * Makes sure that the document is parsed and kept. `again` parses it even if it was before.
   *
   * Rejects with `DocumentError` when it cannot be read, and with the reason of `signal`.
   */
  prepare(source: DocumentSource, signal: AbortSignal, again?: boolean): Promise<void>;
  /** As `prepare`, and resolves to the document. */
  read(source: DocumentSource, signal: AbortSignal, again?: boolean): Promise<ParsedDocument>;
}

/** A parsing under way, and how many wait for it. It stops when nobody does any more. */
interface Parsing {
  readonly done: Promise<void>;
  readonly stop: AbortController;
  waiting: number;
}

/** Creates a reader that has its documents parsed by `pool`. */
export function createDocumentReader(
  database: Database,
  blobs: Blobs,
  pool: ParserPool,
): DocumentReader {
  const underWay = new Map<string, Parsing>();

  const start = (key: string, source: DocumentSource): Parsing => {
    const stop = new AbortController();
    const parse = async () => {
      try {
        const { sha256, name, reading } = source;
        const document = await pool.parse(blobs.path(sha256), name, stop.signal, reading);
        keepParsedDocument(database, source, document);
      } finally {
        underWay.delete(key);
      }
    };
    const parsing = { done: parse(), stop, waiting: 0 };
    underWay.set(key, parsing);
    return parsing;
  };

  const prepare = async (source: DocumentSource, signal: AbortSignal, again = false) => {
    signal.throwIfAborted();
    if (!again && isParsed(database, source)) {
      return;
    }
    const key = JSON.stringify([source.sha256, source.name, source.reading]);
    const parsing = underWay.get(key) ?? start(key, source);
    parsing.waiting += 1;
    try {
      await unlessAborted(parsing.done, signal);
    } finally {
      parsing.waiting -= 1;
      if (parsing.waiting === 0) {
        parsing.stop.abort();
      }
    }
  };

  return {
    prepare,
    async read(source, signal, again) {
      await prepare(source, signal, again);
      return loadParsedDocument(database, source);
    },
  };
}

/** Settles as `work` does, or rejects as soon as `signal` is aborted. */
function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
