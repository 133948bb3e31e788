import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { foldTranscript } from '../../src/operators/chat/foldTranscript.ts';
import type { ChatEvent } from '../../src/types/chat.ts';
import { missingEvents } from '../../src/workflows/turnInHistory.ts';

/** Something said in pieces and then whole, or a tool that is called and answers. */
const stretch = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('text', 'thinking'),
      fc.array(fc.string({ minLength: 1 }), { minLength: 1 }),
    )
    .map(([type, pieces]): ChatEvent[] => [
      ...pieces.map((content): ChatEvent => ({ type: `${type}_delta`, content })),
      { type, content: pieces.join('') },
    ]),
  fc.uuid().map((call_id): ChatEvent[] => [
    { type: 'tool_call', call_id, name: 'read', arguments: {} },
    { type: 'tool_result', call_id, name: 'read', result: null },
  ]),
);
const turn = fc
  .array(stretch)
  .map((stretches): ChatEvent[] => [
    ...stretches.flat(),
    { type: 'stop', is_error: false, error: null, usage: {} },
  ]);

const isComplete = ({ type }: ChatEvent): boolean => !type.endsWith('_delta');

it('completes a turn that broke off anywhere, from a history that grows at any pace, nothing twice', () => {
  fc.assert(
    fc.property(turn, fc.nat(), fc.array(fc.nat({ max: 20 })), (stream, cut, reads) => {
      const seen = stream.slice(0, cut % stream.length);
      const whole = stream.filter(isComplete);
      // What the history holds at each look: never less than before, in the end all of it.
      const lengths = [...reads.sort((a, b) => a - b), whole.length];
      const freshOf = missingEvents(seen);
      const came = [...seen, ...lengths.flatMap((length) => freshOf(whole.slice(0, length)))];

      expect(came.filter(isComplete)).toEqual(whole);
      const [shown, expected] = [foldTranscript(), foldTranscript()];
      expect(came.map(shown).at(-1)).toEqual(stream.map(expected).at(-1));
    }),
    { numRuns: 500 },
  );
});
