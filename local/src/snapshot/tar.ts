/** Tar archives of plain files, as POSIX.1-1988 has them ("ustar"), which every `tar` reads. */

/** A file in an archive. */
export interface TarFile {
  /** Its path in the archive, ASCII and 100 characters at most. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Its bytes; in an archive that is being read, to be read before the next file is asked for. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** An archive that is damaged or not one of ours. */
export class TarError extends Error {
  override name = 'TarError' as const;
}

const block = 512;
/** Eleven octal digits. */
const largestSize = 8 ** 11 - 1;

/** The bytes of an archive with these files. */
export async function* writeTar(
  files: AsyncIterable<TarFile> | Iterable<TarFile>,
): AsyncGenerator<Uint8Array> {
  for await (const { name, size, content } of files) {
    yield headerOf(name, size);
    let sent = 0;
    for await (const chunk of content) {
      sent += chunk.length;
      yield chunk;
    }
    if (sent !== size) {
      throw new TarError(`${name} had ${size} bytes and now has ${sent}; something writes to it`);
    }
    yield Buffer.alloc(paddingOf(size));
  }
  // Two empty blocks are the end.
  yield Buffer.alloc(2 * block);
}

/** The files of an archive, one after the other. Throws {@link TarError} on what is none. */
export async function* readTar(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const reader = new BlockReader(bytes);
  for (;;) {
    const header = await reader.take(block);
    if (header.every((byte) => byte === 0)) {
      return;
    }
    const { name, size } = readHeader(header);
    const end = reader.position + size + paddingOf(size);
    yield { name, size, content: reader.chunks(size) };
    // What nobody has read stands between this header and the next.
    await reader.skipTo(end);
  }
}

function paddingOf(size: number): number {
  return (block - (size % block)) % block;
}

function headerOf(name: string, size: number): Uint8Array {
  if (!/^[\x21-\x7e]{1,100}$/.test(name) || size > largestSize) {
    throw new TarError(`${name} of ${size} bytes does not fit into a tar archive`);
  }
  const header = Buffer.alloc(block);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  header.write(name, 0, 'ascii');
  header.write(`${octal(0o600, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100, 'ascii');
  header.write(`${octal(size, 11)}\0${octal(0, 11)}\0`, 124, 'ascii');
  // The checksum counts its own field as blanks.
  header.write('        0', 148, 'ascii');
  header.write('ustar\x0000', 257, 'ascii');
  header.write(`${octal(checksumOf(header), 6)}\0 `, 148, 'ascii');
  return header;
}

function readHeader(header: Buffer): { readonly name: string; readonly size: number } {
  const field = (start: number, end: number) =>
    header.toString('latin1', start, end).split('\0')[0]?.trim() ?? '';
  const given = parseInt(field(148, 156), 8);
  const name = field(0, 100);
  const size = field(124, 136);
  const isOurs = field(257, 262) === 'ustar' && field(345, 500) === '' && /^[0-7]+$/.test(size);
  const blank = Buffer.from(header).fill(' ', 148, 156);
  if (!isOurs || given !== checksumOf(blank)) {
    throw new TarError('The archive is damaged, or no tar archive of this program');
  }
  if (field(156, 157) !== '0') {
    throw new TarError(`${name} is no plain file`);
  }
  return { name, size: parseInt(size, 8) };
}

function checksumOf(header: Uint8Array): number {
  return header.reduce((sum, byte) => sum + byte, 0);
}

/** Reads a stream of chunks of any size by the byte. */
class BlockReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();
  /** How many bytes have been read. */
  position = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#source = bytes[Symbol.asyncIterator]();
  }

  /** The next `size` bytes in one piece. */
  async take(size: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const chunk of this.chunks(size)) {
      pieces.push(chunk);
    }
    return Buffer.concat(pieces);
  }

  async skipTo(position: number): Promise<void> {
    const rest = this.chunks(position - this.position);
    for (let next = await rest.next(); next.done !== true;) {
      next = await rest.next();
    }
  }

  /** The next `size` bytes as they come. */
  async *chunks(size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0;) {
      if (this.#rest.length === 0) {
        const next = await this.#source.next();
        if (next.done === true) {
          throw new TarError('The archive ends too early; it was not written or copied whole');
        }
        this.#rest = next.value;
      }
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      this.position += piece.length;
      left -= piece.length;
      yield piece;
    }
  }
}
