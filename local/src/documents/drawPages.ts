import { readFile } from 'node:fs/promises';
import { LiteParse } from '@llamaindex/liteparse';
import { DocumentError } from './documentError.ts';
import { fromPdfHeader } from './fromPdfHeader.ts';

/** The picture of a page. */
export interface PagePicture {
  /** 1-based. */
  readonly page: number;
  /** A PNG file. */
  readonly png: Uint8Array;
}

/** Dots per inch: small print can be read, and a page takes about half a megabyte. */
const dpi = 100;

/**
 * Draws pages, 1-based, of the PDF at `path`, which its owner calls `name`.
 *
 * Rejects with `DocumentError` for what is no PDF, and for pages that are not there.
 */
export async function drawPages(
  path: string,
  name: string,
  pages: readonly number[],
): Promise<readonly PagePicture[]> {
  const parser = new LiteParse({ ocrEnabled: false, dpi, quiet: true, numWorkers: 1 });
  const shots = await parser
    .screenshot(fromPdfHeader(await readFile(path)), [...pages])
    .catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new DocumentError(`Pages of ${name} could not be drawn: ${reason}`, { cause: error });
    });
  return shots.map(({ pageNum, imageBuffer }) => ({ page: pageNum, png: imageBuffer }));
}
