import { createParser } from 'eventsource-parser';

/** What {@link eventDecoder} tells, and what it puts up with. */
export interface EventDecoderSpec {
  /** The longest event, in characters (UTF-16 code units) of its data. An unfinished line counts as data. */
  readonly maxLength: number;
  /** The data of the next event, its lines joined by line feeds; may be empty. */
  readonly onData: (data: string) => void;
  /** An event is longer than `maxLength`. Called once, and nothing is called after it. */
  readonly onOverflow: () => void;
}

/**
 * Reads server-sent events out of bytes that come in pieces, cut anywhere: the function that it returns takes the next
 * piece, and calls `onData` for each event that the piece completes.
 *
 * Lines, fields and characters are read as the HTML standard has it ("Interpreting an event stream"). Of the fields
 * only `data` is told. What is left over at the end of the stream is no event.
 */
export function eventDecoder({
  maxLength,
  onData,
  onOverflow,
}: EventDecoderSpec): (piece: Uint8Array) => void {
  let overflown = false;
  const overflow = (): void => {
    if (!overflown) {
      overflown = true;
      onOverflow();
    }
  };
  const parser = createParser({
    maxBufferSize: maxLength,
    onEvent({ data }) {
      // The parser counts only what it has to keep.
      if (data.length > maxLength) {
        overflow();
      } else if (!overflown) {
        onData(data);
      }
    },
    onError({ type }) {
      // The other complaints are of fields that are to be ignored.
      if (type === 'max-buffer-size-exceeded') {
        overflow();
      }
    },
  });
  // The parser takes off a byte order mark, but also three Latin letters that look like its bytes; the decoder of Node
  // takes off two where the first is cut. So the mark is taken off here, and an empty line, which means nothing, takes
  // the place where the parser looks for it.
  parser.feed('\n');
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let begun = false;
  return (piece) => {
    const text = decoder.decode(piece, { stream: true });
    if (overflown || text === '') {
      return;
    }
    parser.feed(begun ? text : text.replace(/^\uFEFF/, ''));
    begun = true;
  };
}
