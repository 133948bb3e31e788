/** Pages of one TIFF that are found; a file of more is no document. */
const mostPages = 2_000;

/**
 * The pages of a TIFF file: for each, where its directory stands in the file. A file that is
 * damaged there ends early.
 */
export function tiffPages(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = bytes[0] === 0x49;
  const pages: number[] = [];
  let next = view.byteLength < 8 ? 0 : view.getUint32(4, isLittle);
  while (next > 0 && next + 2 <= view.byteLength && pages.length < mostPages) {
    // Each directory names the next; one that names an earlier one would never end.
    if (pages.includes(next)) {
      break;
    }
    pages.push(next);
    const end = next + 2 + 12 * view.getUint16(next, isLittle);
    next = end + 4 <= view.byteLength ? view.getUint32(end, isLittle) : 0;
  }
  return pages;
}

/** A TIFF file of which decoders, who read the first page only, see the page at `offset`. */
export function tiffPage(bytes: Uint8Array, offset: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setUint32(4, offset, bytes[0] === 0x49);
  return copy;
}
