import type { ClassifierRule, ClassifyParsingConfiguration } from '../../../src/types/classify.ts';
import type { ParsedPage } from '../documents/parsedDocument.ts';
import { categoryMatcher, leastEvidence, type Match } from './categoryMatcher.ts';
import { classifiedText } from './classifiedText.ts';

/** What kind a document is found to be. */
export interface Classification {
  /** The rule's type; `null` where no rule fits. */
  readonly type: string | null;
  /** How likely it is that this is right, 0 to 1. */
  readonly confidence: number;
  /** The evidence, for people. */
  readonly reason: string;
}

/** A document without any text to go by. */
export const unreadable: Classification = {
  type: null,
  confidence: 0,
  reason:
    'There is no text on the pages that were read: scans and pictures need OCR, which is not available here.',
};

/**
 * Finds the rule that a document fits best: by signs of the kind that a rule's type names, and by
 * the words of the rule that the document has. A document with little evidence for any rule fits
 * none. Markdown and plain text are read alike.
 */
export function classifyDocument(
  pages: readonly ParsedPage[],
  rules: readonly ClassifierRule[],
  parsing?: ClassifyParsingConfiguration,
): Classification {
  const text = classifiedText(pages, parsing);
  if (text.trim() === '') {
    return unreadable;
  }
  const matches = categoryMatcher(
    rules.map(({ type, description }) => ({ name: type, description })),
  )(text);
  const [best, next] = rules
    .map(({ type }, at) => ({ type, match: matches[at] ?? noMatch }))
    .sort((a, b) => b.match.score - a.match.score);
  // "None of them" competes with the rules, so that weak evidence shows in the confidence.
  const rivals = [leastEvidence, ...matches.map(({ score }) => score)];

  if (best === undefined || best.match.score < leastEvidence) {
    const closest =
      best === undefined || best.match.score === 0
        ? 'nothing of them was found'
        : `the closest is "${best.type}", with ${evidenceOf(best.match)}`;
    return {
      type: null,
      confidence: likelihood(leastEvidence, rivals),
      reason: `No rule has enough evidence in the text: ${closest}.`,
    };
  }
  const runnerUp =
    next === undefined || next.match.score < best.match.score / 4
      ? ''
      : ` The next best, "${next.type}", has ${Math.round((100 * next.match.score) / best.match.score)}% as much evidence.`;
  return {
    type: best.type,
    confidence: likelihood(best.match.score, rivals),
    reason: `The text fits "${best.type}": it has ${evidenceOf(best.match)}.${runnerUp}`,
  };
}

const noMatch: Match = { score: 0, signs: [], words: [] };

function evidenceOf({ signs, words }: Match): string {
  const named = words.slice(0, 6).map((word) => `"${word}"`);
  return [
    ...(signs.length === 0 ? [] : [enumerate(signs.slice(0, 4))]),
    ...(named.length === 0
      ? []
      : [`the rule's ${named.length === 1 ? 'word' : 'words'} ${enumerate(named)}`]),
  ].join(', and ');
}

function enumerate(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** The share of one score among all, as scores in nats are log odds; never quite certain. */
function likelihood(score: number, scores: readonly number[]): number {
  const total = scores.reduce((sum, each) => sum + Math.exp(each - score), 0);
  return Math.round(100 * Math.min(0.99, 1 / total)) / 100;
}
