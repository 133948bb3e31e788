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
  const ranked = lists.map((list) => entriesOf(list, plan));
  const found = new Map<string, Candidate<T>>();
  for (const { id } of ranked.flat()) {
    if (!found.has(id)) {
      const terms = lists.map(() => undefined);
      found.set(id, { id, appearance: found.size, terms, contributions: [] });
    }
  }
  ranked.forEach((entries, list) => {
    addList(found, entries, list, plan);
  });
  return [...found.values()];
}

function addList<T>(
  found: ReadonlyMap<string, Candidate<T>>,
  entries: readonly Entry<T>[],
  list: number,
  plan: FusionPlan<T>,
): void {
  const { rule, weightMode, inListDuplicates, precision } = plan;
  const setting = { list, weight: plan.weights[list] ?? 1, weightMode };
  const scores = entries.map(({ score }) => score);
  const terms = rankTerms(rule, setting, scores, found.size);
  const factor = plan.factors[list] ?? 1;
  const round = precision === 'float32' ? Math.fround : Number;

  entries.forEach(({ id, item, score }, i) => {
    const candidate = found.get(id);
    const last = candidate?.contributions.at(-1);
    if (!candidate || (last?.list === list && inListDuplicates === 'first')) {
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

  const absent = absentTerm(rule, setting, entries.length, found.size);
  if (absent !== undefined) {
    for (const { terms: own } of found.values()) {
      own[list] ??= absent;
    }
  }
}

interface Entry<T> {
  readonly id: string;
  readonly item: T;
  readonly score: number | undefined;
}

function entriesOf<T>(list: readonly T[], plan: FusionPlan<T>): Entry<T>[] {
  const entries = list.map((item) => {
    const score = plan.score(item);
    return {
      id: plan.id(item),
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
