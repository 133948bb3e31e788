import { byIdentity } from './byIdentity.ts';
import type { FusionPlan } from './fusionPlan.ts';
import type { MaybeScore } from './normalizeScores.ts';
import type { Rankable } from './rankable.ts';
import { absentTerm, rankTerms } from './rankTerms.ts';

/** What one list says of a hit. */
export interface Contribution<T> {
  /** The list's place among the lists, from 0. */
  readonly list: number;
  /** The hit's rank in it, from 1. */
  readonly rank: number;
  /** The hit's score in it, as it was. */
  readonly score: number | undefined;
  /** What it gives to the fused score, with its weight, before what the method makes of all lists together. */
  readonly contribution: number;
  /** Its copy of the hit. */
  readonly item: T;
}

/** A hit with what every list says of it. */
export interface Candidate<T> {
  readonly id: string;
  /** Its place when all lists are read one after the other. */
  readonly appearance: number;
  /** What each list says of it before its weight is applied, `undefined` where it says nothing. */
  readonly terms: MaybeScore[];
  readonly contributions: Contribution<T>[];
}

/** The different things in all lists, in order of appearance. */
export function candidates<T extends Rankable>(
  lists: readonly (readonly T[])[],
  plan: FusionPlan<T>,
): Candidate<T>[] {
  const all: Candidate<T>[] = [];
  const candidateOf = byIdentity(lists, plan.id, (id): Candidate<T> => {
    const terms = new Array<MaybeScore>(lists.length).fill(undefined);
    const candidate = { id, appearance: all.length, terms, contributions: [] };
    all.push(candidate);
    return candidate;
  });
  const ranked = lists.map((list) =>
    entriesOf(list, plan).map(({ item, score }) => ({ candidate: candidateOf(item), item, score })),
  );
  ranked.forEach((entries, list) => {
    addList(all, entries, list, plan);
  });
  return all;
}

function addList<T>(
  all: readonly Candidate<T>[],
  entries: readonly RankedEntry<T>[],
  list: number,
  plan: FusionPlan<T>,
): void {
  const { rule, weightMode, inListDuplicates, precision } = plan;
  const setting = { list, weight: plan.weights[list] ?? 1, weightMode };
  const scores = entries.map(({ score }) => score);
  const terms = rankTerms(rule, setting, scores, all.length);
  const factor = plan.factors[list] ?? 1;
  const round = precision === 'float32' ? Math.fround : Number;

  entries.forEach(({ candidate, item, score }, i) => {
    const last = candidate.contributions.at(-1);
    if (last?.list === list && inListDuplicates === 'first') {
      return;
    }
    const term = addTerms(candidate.terms[list], terms[i], round);
    candidate.terms[list] = term;
    const contribution = round(factor * (term ?? 0));
    if (last?.list === list) {
      candidate.contributions.pop();
    }
    const rank = last?.list === list ? last.rank : i + 1;
    candidate.contributions.push({ list, rank, score, contribution, item });
  });

  const absent = absentTerm(rule, setting, entries.length, all.length);
  if (absent !== undefined) {
    for (const { terms: own } of all) {
      own[list] ??= absent;
    }
  }
}

interface Entry<T> {
  readonly item: T;
  readonly score: number | undefined;
}

interface RankedEntry<T> extends Entry<T> {
  readonly candidate: Candidate<T>;
}

function entriesOf<T>(list: readonly T[], plan: FusionPlan<T>): Entry<T>[] {
  const entries = list.map((item) => {
    const score = plan.score(item);
    return {
      item,
      score: Number.isFinite(score) ? (score ?? undefined) : undefined,
    };
  });
  if (plan.listOrder === 'score') {
    entries.sort(({ score: a = -Infinity }, { score: b = -Infinity }) => (a === b ? 0 : b - a));
  }
  return entries.slice(0, plan.window);
}

function addTerms(
  one: MaybeScore,
  other: MaybeScore,
  round: (value: number) => number,
): MaybeScore {
  return one === undefined || other === undefined
    ? (one ?? other)
    : round(round(one) + round(other));
}
