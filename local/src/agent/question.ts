import type { ChatEvent } from '../../../src/types/chat.ts';
import { type AnswerType, answerTypeOf } from './answerType.ts';
import { readTerms, stems, type Term } from './terms.ts';

/** A content word of a question. */
interface QuestionTerm extends Term {
  /** Whether it is a name, a number or a code: what is asked about, then, and not just how. */
  readonly isName: boolean;
}

/** A question, read for what an extractive answer needs to know about it. */
export interface Question {
  /** As it was asked. */
  readonly text: string;
  /** What to search for: the question, led by the one before it where it leans on that. */
  readonly query: string;
  /** Its content words, each stem once, in order. */
  readonly terms: readonly QuestionTerm[];
  /** Stems that only the conversation before it supplies. */
  readonly contextStems: readonly string[];
  /** The stems of neighbouring content words, which say more together ("learning rate"). */
  readonly pairs: readonly (readonly [string, string])[];
  readonly type: AnswerType;
}

// Words that point back at something said before.
const pointsBack =
  /\b(?:it|its|they|them|their|theirs|this|that|these|those|he|she|his|her|one|ones|same|former|latter|else)\b|^(?:and|but|so|or|what about|how about)\b/i;

// "How long" asks for a length, and its answer seldom says "long".
const measure =
  /\b(how)\s+(?:many|much|long|often|large|big|small|fast|slow|old|far|high|wide|deep|heavy|few|well)\b/gi;

/**
 * Reads a question. One that points back ("and how large is it?") or has hardly a content word of
 * its own takes the words of the question before it along.
 */
export function readQuestion(text: string, history: readonly ChatEvent[]): Question {
  const own = readTerms(text.replace(measure, '$1 '));
  const leans = own.length < 2 || (own.length < 5 && pointsBack.test(text));
  const before = leans ? lastQuestion(history) : undefined;
  const known = new Set(own.map(({ stem }) => stem));
  return {
    text,
    query: before === undefined ? text : `${before} ${text}`,
    terms: own
      .filter(({ stem }, at) => own.findIndex((other) => other.stem === stem) === at)
      .map((term) => ({ ...term, isName: isName(term.word, text) })),
    contextStems: [...new Set(stems(before ?? ''))].filter((stem) => !known.has(stem)),
    pairs: own.slice(1).map(({ stem }, at) => [own[at]?.stem ?? stem, stem] as const),
    type: answerTypeOf(text),
  };
}

function isName(word: string, text: string): boolean {
  return (
    /\p{N}|\p{L}\p{Lu}/u.test(word) || (/^\p{Lu}/u.test(word) && !text.trim().startsWith(word))
  );
}

function lastQuestion(history: readonly ChatEvent[]): string | undefined {
  return history.findLast((event) => event.type === 'user_input')?.content;
}
