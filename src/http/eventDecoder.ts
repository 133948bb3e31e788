import { createParser } from 'eventsource-parser';

/** What {@link eventDecoder} tells, and what it puts up with. */
export interface EventDecoderSpec {
  /** The longest event, in characters (UTF-16 code units) of its data. An unfinished line counts as data. */
  readonly maxLength: number;
  /** The next event: its data, lines joined by line feeds, which may be empty, and its name where it has one. */
  readonly onEvent: (data: string, name: string | undefined) => void;
  /** An event is longer than `maxLength`. Called once, and nothing is called after it. */
  readonly onOverflow: () => void;
}

/** Reads server-sent events. The functions need no `this`. */
export interface EventDecoder {
  /** Takes the next piece, and calls `onEvent` for each event that the piece completes. */
  readonly read: (piece: Uint8Array) => void;
  /**
   * Takes the end of the stream for the end of the line and of the event that are under way, and calls `onEvent` for
   * that event if it has data. By the standard it is none: who calls this has to see whether it is whole. To be called
   * once, last.
   */
  readonly end: () => void;
}

/**
 * Reads server-sent events out of bytes that come in pieces, cut anywhere.
 *
 * Lines, fields and characters are read as the HTML standard has it ("Interpreting an event stream"). Of the fields
 * `data` and `event` are told; nothing here could go on from an `id`.
 */
export function eventDecoder({ maxLength, onEvent, onOverflow }: EventDecoderSpec): EventDecoder {
  let overflown = false;
  const overflow = (): void => {
    if (!overflown) {
      overflown = true;
      onOverflow();
    }
  };
  const parser = createParser({
    maxBufferSize: maxLength,
    onEvent({ data, event }) {
      // The parser counts only what it has to keep.
      if (data.length > maxLength) {
        overflow();
      } else if (!overflown) {
        onEvent(data, event);
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
  const feed = (text: string): void => {
    if (overflown || text === '') {
      return;
    }
    parser.feed(begun ? text : text.replace(/^\uFEFF/, ''));
    begun = true;
  };
  return {
    read: (piece) => feed(decoder.decode(piece, { stream: true })),
    end() {
      feed(decoder.decode());
      // The first may be but the second half of a CRLF.
      feed('\n\n\n');
    },
  };
}
