import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { Readable } from 'node:stream';
import type { EncodingFault } from './fault.ts';
import type { FaultedRequest } from './faultedRequest.ts';
import { headOf, sendStream, sendWhole } from './faultedRequest.ts';

const pack = promisify(gzip);

/** How often the body is packed by `stacked`. */
const layers = 50;

/** Sends an answer whose `content-encoding` does harm. */
export async function sendEncoded(
  { encoding, bytes = 200 * 1024 * 1024 }: EncodingFault,
  faulted: FaultedRequest,
): Promise<void> {
  const response = await faulted.answer();
  const { status, headers } = headOf(response);
  const body = await response.bytes();
  const encoded = (name: string, content: Uint8Array) =>
    sendWhole(
      faulted,
      {
        status,
        headers: { ...headers, 'content-encoding': name, 'content-length': content.length },
      },
      content,
    );

  switch (encoding) {
    case 'bomb': {
      delete headers['content-length'];
      const head = { status, headers: { ...headers, 'content-encoding': 'gzip' } };
      await sendStream(faulted, head, Readable.from(blanks(bytes, body)).pipe(createGzip()));
      return;
    }
    case 'stacked': {
      let packed: Uint8Array = body;
      for (let layer = 0; layer < layers; layer += 1) {
        packed = await pack(packed);
      }
      encoded(Array.from({ length: layers }, () => 'gzip').join(', '), packed);
      return;
    }
    case 'corrupt': {
      const packed = await pack(body);
      // Behind the ten bytes of the header: a block of the one type that does not exist (RFC 1951,
      // section 3.2.3). Other wrong bytes may well unpack to something.
      packed[10] = 0b111;
      encoded('gzip', packed);
      return;
    }
    case 'unknown':
      encoded('x-unheard-of', body);
  }
}

/** Blanks, which JSON allows before a value, and then the body: a large answer that is valid. */
function* blanks(bytes: number, body: Uint8Array): Generator<Uint8Array> {
  const megabyte = Buffer.alloc(1024 * 1024, ' ');
  for (let left = bytes; left > 0; left -= megabyte.length) {
    yield megabyte.subarray(0, left);
  }
  yield body;
}
