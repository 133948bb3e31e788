import {
  concat,
  defaultIfEmpty,
  defer,
  finalize,
  from,
  ignoreElements,
  map,
  mergeMap,
  type Observable,
  type ObservableInput,
  of,
  type OperatorFunction,
  switchMap,
  takeLast,
} from 'rxjs';
import type { MergedHit, MergedRanking } from './fusion/mergedRanking.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link rerankWith} accepts. */
export interface RerankWithConfig {
  /** Hits scored in one call, 1 or more. @defaultValue `32` */
  readonly batchSize?: number | undefined;
  /** Calls under way at once, 1 or more. @defaultValue `1` */
  readonly concurrency?: number | undefined;
}

/**
 * Puts the hits of each ranking into the order of the scores that `score` gives their items, best first; equal ones
 * stay as they were. The hits' `score` becomes that score. Each hit is scored once a subscription, however many
 * rankings it is in. A new ranking takes the place of one that is still being scored, and `signal` is aborted then,
 * as it is on unsubscribing.
 *
 * ```text
 * source:    a--b-|
 * score(a):  -(x|)
 * score(b):     --(y|)
 * result:    -p---(q|)
 * ```
 *
 * `finalSet` and `finalOrder` spoke of the order before: they are 0 until the ranking is complete. The result fails
 * when `score` does, or gives not as many scores as it was given items.
 *
 * @example A model of one's own in a service of one's own
 * ```ts
 * const score = async (items: readonly { content: string }[], signal: AbortSignal) => {
 *   const body = JSON.stringify({ question, texts: items.map(({ content }) => content) });
 *   const answer = await fetch('http://localhost:8080/rerank', { method: 'POST', body, signal });
 *   return (await answer.json()) as number[];
 * };
 * mergeRanked([retrieve(connection, { index_id: indexId, query: question })]).pipe(
 *   rerankWith(score, { batchSize: 16 }),
 * );
 * ```
 *
 * @throws RangeError when called with a `batchSize` or a `concurrency` below 1.
 */
export function rerankWith<T>(
  score: (items: readonly T[], signal: AbortSignal) => ObservableInput<readonly number[]>,
  config: RerankWithConfig = {},
): OperatorFunction<MergedRanking<T>, MergedRanking<T>> {
  checkKind('rerankWith: score', score, 'function');
  checkKind('rerankWith: config', config, 'object');
  const { batchSize = 32, concurrency = 1 } = config;
  for (const [name, value] of Object.entries({ batchSize, concurrency })) {
    if (!(value >= 1)) {
      throw new RangeError(`rerankWith: ${name} must be at least 1, got ${value}`);
    }
  }
  return (source) =>
    defer(() => {
      const scores = new Map<string, number>();

      const scoreBatch = (batch: readonly MergedHit<T>[]): Observable<never> =>
        defer(() => {
          const controller = new AbortController();
          const items = batch.map(({ item }) => item);
          return from(score(items, controller.signal)).pipe(
            takeLast(1),
            defaultIfEmpty<readonly number[], readonly number[]>([]),
            map((given) => remember(scores, batch, given)),
            finalize(() => controller.abort()),
            ignoreElements(),
          );
        });

      return source.pipe(
        switchMap((ranking) => {
          const unknown = ranking.hits.filter(({ id }) => !scores.has(id));
          const scored = from(batchesOf(unknown, batchSize)).pipe(
            mergeMap(scoreBatch, concurrency),
          );
          return concat(
            scored,
            defer(() => of(reorder(ranking, scores))),
          );
        }),
      );
    });
}

function remember<T>(
  scores: Map<string, number>,
  batch: readonly MergedHit<T>[],
  given: readonly number[],
): void {
  if (given.length !== batch.length) {
    throw new RangeError(`rerankWith: ${given.length} scores for ${batch.length} items`);
  }
  batch.forEach(({ id }, i) => scores.set(id, given[i] ?? NaN));
}

function reorder<T>(
  ranking: MergedRanking<T>,
  scores: ReadonlyMap<string, number>,
): MergedRanking<T> {
  const order = (score: number): number => (Number.isNaN(score) ? -Infinity : score);
  const hits = ranking.hits
    .map((hit) => ({ ...hit, score: scores.get(hit.id) ?? NaN }))
    .sort((a, b) => order(b.score) - order(a.score) || 0);
  const proven = ranking.ended === 'complete' ? hits.length : 0;
  return { ...ranking, hits, finalSet: proven, finalOrder: proven };
}

function batchesOf<H>(hits: readonly H[], size: number): H[][] {
  // `Infinity` puts all of them into one.
  const step = Math.min(size, Math.max(1, hits.length));
  return Array.from({ length: Math.ceil(hits.length / step) }, (_, i) =>
    hits.slice(i * step, (i + 1) * step),
  );
}
