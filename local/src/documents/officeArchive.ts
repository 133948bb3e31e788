import { unzipSync, zipSync } from 'fflate';
import { DocumentError } from './documentError.ts';

/** A larger document than this, in bytes of XML, is taken for an attack. */
const inflatedLimit = 256 * 1024 * 1024;

/** Where an Office document keeps pictures, video and fonts, which no reader here looks at. */
const media = /(?:^|\/)(?:media|fonts|embeddings|Pictures|Thumbnails)\//;

/**
 * Inflates the parts of an Office document that hold text, keyed by their path in the archive.
 *
 * @throws DocumentError for what is no ZIP archive, and, before any of it is inflated, for
 * archives that declare more than 256 MiB. One that declares less than it holds is cut there:
 * fflate inflates into a buffer of the declared size.
 */
export function openOfficeArchive(bytes: Uint8Array, name: string): Record<string, Uint8Array> {
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) {
    throw new DocumentError(
      `${name} is encrypted or in a pre-2007 Office format: save it without a password in the current format.`,
    );
  }
  let inflated = 0;
  try {
    return unzipSync(bytes, {
      filter: (entry) => {
        if (media.test(entry.name)) {
          return false;
        }
        inflated += entry.originalSize;
        if (inflated > inflatedLimit) {
          throw new DocumentError(
            `${name} inflates to more than ${inflatedLimit / 1024 / 1024} MiB: split it up.`,
          );
        }
        return true;
      },
    });
  } catch (error) {
    if (error instanceof DocumentError) {
      throw error;
    }
    throw new DocumentError(`${name} is damaged: it is not a readable Office archive.`, {
      cause: error,
    });
  }
}

/** Packs parts uncompressed, for readers that insist on opening an archive themselves. */
export function packOfficeArchive(parts: Record<string, Uint8Array>): Uint8Array {
  return zipSync(parts, { level: 0 });
}
