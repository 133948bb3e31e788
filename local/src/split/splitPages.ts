import type { SplitCategory, SplitSegment, SplitStrategy } from '../../../src/types/split.ts';
import { boundaryEvidence } from './boundaryEvidence.ts';
import { categoryMatcher, leastEvidence } from './categoryMatcher.ts';
import type { Page } from './page.ts';
import { type LabelledRun, segmentPages } from './segmentPages.ts';

/** What becomes of pages that fit no category. */
export type AllowUncategorized = NonNullable<SplitStrategy['allow_uncategorized']>;

/** A label for one page, given by a reader other than the rules here. */
export interface PageLabel {
  /** A category's name; `null` for none of them. */
  readonly category: string | null;
  /** How sure the reader is: above 0, below 1. */
  readonly probability: number;
}

/** The category of pages that fit none. */
const uncategorized = 'uncategorized';

/** Evidence that stands against every category on a page that fits none, in nats. */
const strangeness = 0.5;

/** More evidence than this on one page must not outweigh all pages around it, in nats. */
const mostEvidence = 4;

/**
 * Puts the pages of a document into categories: pages in a row that belong to one document of one
 * category become a segment.
 *
 * Where documents begin is told by the look and the text of the pages, what they are by signs of
 * their kind and the words of the categories, or by `labels`, one per page, where a language model
 * has read them. How sure that is shows in each segment's `confidence_category`.
 */
export function splitPages(
  pages: readonly Page[],
  categories: readonly SplitCategory[],
  allowUncategorized: AllowUncategorized,
  labels?: readonly (PageLabel | undefined)[],
): readonly SplitSegment[] {
  const names = categories.map(({ name }) => name);
  const match = categoryMatcher(categories);
  const strange = allowUncategorized === 'forbid' ? [] : [strangeness];
  const scores = pages.map(({ text }, at) => {
    if (labels !== undefined) {
      return labelScores(labels[at], names, strange.length > 0);
    }
    return text.trim() === ''
      ? [...names, ...strange].map(() => 0)
      : [...match(text).map(({ score }) => Math.min(score, mostEvidence)), ...strange];
  });

  const boundaries = boundaryEvidence(pages);
  const evidenceFor = ({ start, end }: Omit<LabelledRun, 'label'>): readonly number[] =>
    labels === undefined
      ? textEvidence(pages.slice(start, end), match, allowUncategorized)
      : totals(scores.slice(start, end));

  // A whole run says more than its pages one by one: two may turn out to be one after all.
  const runs: LabelledRun[] = [];
  for (const { start, end } of segmentPages(scores, boundaries)) {
    const run = { start, end, label: positionOfLargest(evidenceFor({ start, end })) };
    const last = runs.at(-1);
    if (last?.label === run.label && (boundaries[start] ?? 0) < 0) {
      runs[runs.length - 1] = { ...last, end };
    } else {
      runs.push(run);
    }
  }

  const segments = runs.map(({ start, end, label }) => ({
    category: names[label] ?? uncategorized,
    pages: pages.slice(start, end).map(({ number }) => number),
    confidence_category: confidence(evidenceFor({ start, end }), label),
  }));
  return allowUncategorized === 'omit'
    ? segments.filter(({ category }) => category !== uncategorized)
    : segments;
}

/** What a reader's label says for each category, and for none of them. */
function labelScores(
  label: PageLabel | undefined,
  names: readonly string[],
  mayBeNone: boolean,
): readonly number[] {
  const options: readonly (string | null)[] = mayBeNone ? [...names, null] : names;
  if (label === undefined || !options.includes(label.category)) {
    return options.map(() => 0);
  }
  // Log odds against each of the others, which share what the label leaves.
  const other = (1 - label.probability) / Math.max(1, options.length - 1);
  return options.map((option) =>
    option === label.category ? Math.log(label.probability / other) : 0,
  );
}

/** Evidence for each category, and for none of them, in the text of a whole segment. */
function textEvidence(
  pages: readonly Page[],
  match: ReturnType<typeof categoryMatcher>,
  allowUncategorized: AllowUncategorized,
): readonly number[] {
  const matches = match(pages.map(({ text }) => text).join('\n')).map(({ score }) => score);
  return allowUncategorized === 'forbid' ? matches : [...matches, leastEvidence];
}

function totals(scores: readonly (readonly number[])[]): readonly number[] {
  return (scores[0] ?? []).map((_, label) =>
    scores.reduce((sum, page) => sum + (page[label] ?? 0), 0),
  );
}

/** By how much the label is ahead of the next best. A sole category is measured against none. */
function confidence(
  evidence: readonly number[],
  label: number,
): SplitSegment['confidence_category'] {
  const others = evidence.filter((_, at) => at !== label);
  const lead =
    (evidence[label] ?? 0) - Math.max(others.length === 0 ? leastEvidence : -Infinity, ...others);
  return lead >= 2.5 ? 'high' : lead >= 1 ? 'medium' : 'low';
}

function positionOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, at) => (value > (values[best] ?? -Infinity) ? at : best), 0);
}
