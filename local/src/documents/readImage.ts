import { imageSize } from 'image-size';
import { recognizePages } from '../ocr/recognizePages.ts';
import type { Picture, Turn } from '../ocr/recognizePicture.ts';
import { DocumentError } from './documentError.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import type { Reading } from './reading.ts';
import { tiffPage, tiffPages } from './tiffPages.ts';

/** The formats that are decoded. */
const decoded: ReadonlySet<string> = new Set(['png', 'jpg', 'gif', 'bmp', 'tiff', 'webp']);

/** A sheet of A3 at 600 dots per inch has 70 million. */
const mostPixels = 80_000_000;

/** EXIF's orientation, as the way in which the content appears turned. */
const turns: ReadonlyMap<number | undefined, Turn> = new Map([
  [3, 180],
  [6, 270],
  [8, 90],
]);

/**
 * Reads a picture into a page of what OCR recognises in it; a TIFF into one for each of its pages.
 *
 * Rejects with `DocumentError` for one that is damaged or larger than 80 million pixels.
 */
export async function readImage(
  bytes: Uint8Array,
  name: string,
  reading: Reading,
): Promise<ParsedDocument> {
  const { type } = measure(bytes, name);
  if (!decoded.has(type)) {
    return {
      pages: [{ number: 1, text: '', needsOcr: true }],
      warnings: [
        `${name} is a picture of a kind that is not read here (${type}): save it as PNG or JPEG.`,
      ],
    };
  }
  const offsets = type === 'tiff' ? tiffPages(bytes) : [];
  const isOne = offsets.length < 2;
  const pages = (isOne ? [0] : offsets).map((offset, index) => ({
    number: index + 1,
    draw: () => Promise.resolve(toPicture(isOne ? bytes : tiffPage(bytes, offset), name)),
  }));
  const { texts, warnings } = await recognizePages(pages, name, reading);
  return {
    pages: pages.map(({ number }) => ({
      number,
      text: texts.get(number) ?? '',
      needsOcr: !texts.has(number),
    })),
    warnings,
  };
}

function toPicture(bytes: Uint8Array, name: string): Picture {
  const { width, height, orientation } = measure(bytes, name);
  if (width * height > mostPixels) {
    throw new DocumentError(
      `${name} has ${width} by ${height} pixels, more than fit into the memory: scale it down.`,
    );
  }
  return { bytes, width, height, turned: turns.get(orientation) ?? 0 };
}

function measure(
  bytes: Uint8Array,
  name: string,
): { type: string; width: number; height: number; orientation?: number } {
  try {
    const { type = 'unknown', ...size } = imageSize(bytes);
    return { type, ...size };
  } catch (cause) {
    throw new DocumentError(`${name} could not be parsed: its picture is damaged or unknown.`, {
      cause,
    });
  }
}
