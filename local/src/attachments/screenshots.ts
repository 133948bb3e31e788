import { Readable } from 'node:stream';
import { DocumentError } from '../documents/documentError.ts';
import type { ParserPool } from '../documents/parserPool.ts';
import type { DocumentReader } from '../jobs/documentReader.ts';
import type { Blobs } from '../store/blobs.ts';
import type { Database } from '../store/openDatabase.ts';
import {
  insertScreenshot,
  type Screenshot,
  type ScreenshotSource,
  selectScreenshots,
} from '../store/pageScreenshots.ts';

/** Makes pictures of pages when somebody asks for them, each once. */
export interface Screenshots {
  /** The pages that can be shown, in order, 1-based: all of a PDF, and none of any other document. */
  pagesOf(source: ScreenshotSource): Promise<readonly number[]>;
  /** The pictures of these pages, which `pagesOf` has named, in order of the pages. */
  of(source: ScreenshotSource, pages: readonly number[]): Promise<readonly Screenshot[]>;
}

/** What {@link createScreenshots} works with. */
export interface ScreenshotsConfig {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly reader: DocumentReader;
  readonly parsers: ParserPool;
  readonly closing: AbortSignal;
}

/** Pages that are drawn at a time. They go from process to process as a whole, half a megabyte each. */
const pagesAtOnce = 8;

/** Creates the maker of screenshots. They are stored like any other file. */
export function createScreenshots(config: ScreenshotsConfig): Screenshots {
  const { database, blobs, reader, parsers, closing } = config;

  const draw = async (source: ScreenshotSource, pages: readonly number[]): Promise<void> => {
    const path = blobs.path(source.sha256);
    const pictures = await parsers.draw(path, source.name, pages, closing);
    for (const { page, png } of pictures) {
      insertScreenshot(database, source, page, await blobs.write(Readable.from([png])));
    }
  };

  return {
    async pagesOf(source) {
      try {
        const document = await reader.read(source, closing);
        return document.hasScreenshots === true ? document.pages.map(({ number }) => number) : [];
      } catch (cause) {
        if (cause instanceof DocumentError) {
          return [];
        }
        throw cause;
      }
    },

    async of(source, pages) {
      const present = new Set(selectScreenshots(database, source, pages).map(({ page }) => page));
      const missing = pages.filter((page) => !present.has(page));
      for (let start = 0; start < missing.length; start += pagesAtOnce) {
        await draw(source, missing.slice(start, start + pagesAtOnce));
      }
      return selectScreenshots(database, source, pages);
    },
  };
}
