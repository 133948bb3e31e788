import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventDecoder } from '../../src/http/eventDecoder.ts';
import { eventStreams } from '../support/eventStreams.ts';
import { interpretEvents } from '../support/interpretEvents.ts';

/** The data of the events in a stream that comes in these pieces; `overflow` where it stopped. */
function read(pieces: Iterable<Uint8Array>, maxLength = Infinity): string[] {
  const events: string[] = [];
  const decoder = eventDecoder({
    maxLength,
    onEvent: (data) => events.push(data),
    onOverflow: () => events.push('overflow'),
  });
  for (const piece of pieces) {
    decoder.read(piece);
  }
  return events;
}

/** Names and data of all events, and then of the one that the end has cut off. */
function readToEnd(pieces: Iterable<Uint8Array>): [name: string | undefined, data: string][] {
  const events: [string | undefined, string][] = [];
  const decoder = eventDecoder({
    maxLength: 1_000,
    onEvent: (data, name) => events.push([name, data]),
    onOverflow: () => events.push(['overflow', '']),
  });
  for (const piece of pieces) {
    decoder.read(piece);
  }
  decoder.end();
  return events;
}

/** The stream in pieces of these lengths, again and again. */
function* cut(stream: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let start = 0, piece = 0; start < stream.length; piece += 1) {
    const end = start + (lengths[piece % lengths.length] ?? 1);
    yield stream.subarray(start, end);
    start = end;
  }
}

describe('eventDecoder', () => {
  describe.each(eventStreams)('reads $title', ({ stream, data }) => {
    const bytes = Buffer.from(stream);

    it('in one piece', () => {
      expect(read([bytes])).toEqual(data);
    });

    it('in two pieces, wherever it is cut', () => {
      for (let at = 0; at <= bytes.length; at += 1) {
        const events = read([bytes.subarray(0, at), bytes.subarray(at)]);
        expect(events, `cut after ${at} of ${bytes.length} bytes`).toEqual(data);
      }
    });

    it('byte by byte, with nothing in between', () => {
      const nothing = new Uint8Array();
      expect(read([...cut(bytes, [1])].flatMap((byte) => [nothing, byte]))).toEqual(data);
    });

    it('as the standard does', () => {
      expect(interpretEvents(bytes)).toEqual(data);
    });
  });

  const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });

  it('gives what was written, for any text, with any line ends, in any pieces', () => {
    // No line ends in it, as a line cannot hold them.
    const line = fc
      .string({ unit: 'binary', maxLength: 12 })
      .map((text) => text.replace(/[\r\n]/g, ''));
    const lineEnd = fc.constantFrom('\n', '\r', '\r\n');
    const noise = fc.oneof(
      line.map((text) => `:${text}`),
      line.map((text) => `id:${text}`),
      line.map((text) => `event: ${text}`),
      line.map((text) => `x${text}`),
    );
    const event = fc.array(
      fc.oneof(
        line.map((text) => ({ line: `data: ${text}`, data: [text] })),
        noise.map((text) => ({ line: text, data: [] })),
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 8 }),
        fc.array(lineEnd, { minLength: 1 }),
        lengths,
        (events, ends, sizes) => {
          let stream = '';
          let lines = 0;
          const write = (text: string): void => {
            const end = ends[lines % ends.length] ?? '\n';
            // LF would but complete the CR before it, and end no line of its own.
            stream += text + (text === '' && end === '\n' && stream.endsWith('\r') ? '\r' : end);
            lines += 1;
          };
          for (const parts of events) {
            parts.forEach(({ line }) => write(line));
            write('');
          }
          const written = events
            .map((parts) => parts.flatMap(({ data }) => data))
            .filter((data) => data.length > 0)
            .map((data) => data.join('\n'));
          // One that is there is taken off, so that a text may begin with another.
          const bytes = Buffer.from(`\uFEFF${stream}`);
          expect(read(cut(bytes, sizes))).toEqual(written);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reads what looks nearly like events as the standard does, in any pieces', () => {
    const morsel = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom('\n', '\r', '\r\n', '\n\n', ':', ' ', 'data', 'data:'),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          'id',
          'event:',
          'retry: 1',
          'dat',
          'datas',
          '\0',
          '\uFEFF',
          '\xEF\xBB\xBF',
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
    );
    const bytes = fc.oneof(
      { weight: 8, arbitrary: morsel.map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }) },
    );
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 40 }), lengths, (parts, sizes) => {
        const stream = Buffer.concat(parts);
        expect(read(cut(stream, sizes))).toEqual(interpretEvents(stream));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['a line that does not end', 'data: ', 'x'],
    ['data of many lines', '', 'data: x\n'],
    ['data of many empty lines', '', 'data\r'],
    ['an id that does not end', 'id: ', 'x'],
  ])('stops at the longest event: %s', (_, begin, more) => {
    const pieces = [begin, ...Array.from({ length: 400 }, () => more), '\n\ndata: late\n\n'];
    expect(
      read(
        pieces.map((text) => Buffer.from(text)),
        100,
      ),
    ).toEqual(['overflow']);
  });

  it('stops at an event that is too long also where it comes in one piece', () => {
    const long = Buffer.from(`data: 1\n\ndata: ${'x'.repeat(5_000)}\n\ndata: 2\n\n`);
    expect(read([long, Buffer.from('data: 3\n\n')], 100)).toEqual(['1', 'overflow']);
  });

  it('counts only the event that is under way', () => {
    const event = `data: ${'x'.repeat(90)}\n\n`;
    const pieces = Array.from({ length: 50 }, () => Buffer.from(event));
    expect(read(pieces, 100)).toHaveLength(50);
  });

  it.each([': ', 'nobody knows this: '])('passes over a line of %j however long it is', (begin) => {
    const pieces = [begin, ...Array.from({ length: 400 }, () => 'data: x'), '\ndata: 1\n\n'];
    expect(
      read(
        pieces.map((text) => Buffer.from(text)),
        100,
      ),
    ).toEqual(['1']);
  });

  it.each(['\n', '\r', '\r\n'])(
    'tells names, for one event each, with lines that end in %j',
    (end) => {
      const lines = [
        'event: ping',
        'data: 1',
        '',
        'data: 2',
        '',
        'event:x',
        'event',
        'data: 3',
        '',
        '',
      ];
      const bytes = Buffer.from(`\uFEFF${lines.join(end)}`);
      for (let at = 0; at <= bytes.length; at += 1) {
        expect(readToEnd([bytes.subarray(0, at), bytes.subarray(at)])).toEqual([
          ['ping', '1'],
          [undefined, '2'],
          [undefined, '3'],
        ]);
      }
    },
  );

  it.each(['\n', '\r', '\r\n'])(
    'takes the end of the stream for that of the event, after %j',
    (end) => {
      const whole = Buffer.from(
        `data: 1${end}${end}event: é${end}data: {${end}data: }${end}${end}`,
      );
      const short = whole.length - 2 * end.length;
      for (let length = short; length <= whole.length; length += 1) {
        for (const lengths of [[1], [2, 3], [whole.length]]) {
          expect(readToEnd(cut(whole.subarray(0, length), lengths))).toEqual([
            [undefined, '1'],
            ['é', '{\n}'],
          ]);
        }
      }
    },
  );

  it.each(['', 'event: x', 'event: x\n', ': data', 'id: 1\n', 'dat', '\uFEFF', 'data: 0\n\n\r'])(
    'makes no event of an end in %j, which has no data',
    (text) => {
      const pieces = cut(Buffer.from(text), [1]);
      expect(readToEnd(pieces).filter(([, data]) => data !== '0')).toEqual([]);
    },
  );
});
