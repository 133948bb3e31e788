import {
  asyncScheduler,
  catchError,
  defaultIfEmpty,
  defer,
  EMPTY,
  map,
  merge,
  type Observable,
  of,
  type SchedulerLike,
  take,
  takeWhile,
  timer,
} from 'rxjs';
import type { FuseOptions, FuseSettings, FusionChoice } from './fusion/fuseOptions.ts';
import { mergedRanking, type MergedRanking, type SourceState } from './fusion/mergedRanking.ts';
import type { Rankable } from './fusion/rankable.ts';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import { checkChoice } from '../checks/checkChoice.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What a source of {@link mergeRanked} emits, once: what `retrieve` does, for example. */
export interface RankedAnswer<T> {
  /** Best first. */
  readonly results: readonly T[];
}

/** Rankings on their way, by name: the id of an index, say. The names of an array are its indices. */
export type RankedSources<T> =
  Readonly<Record<string, Observable<RankedAnswer<T>>>> | readonly Observable<RankedAnswer<T>>[];

/** What {@link mergeRanked} accepts besides how to {@link fuse}. */
export interface MergeRankedSettings {
  /** What each source counts for, by name, 0 or more. @defaultValue 1 for each */
  readonly weights?: Readonly<Record<string, number>> | readonly number[] | undefined;
  /** Whether a source that fails is left out, or fails the whole. @defaultValue `'drop'` */
  readonly onSourceError?: 'drop' | 'fail' | undefined;
  /** Milliseconds after which what is there is all there is. @defaultValue none */
  readonly deadline?: number | undefined;
  /** So many answers are enough. @defaultValue all */
  readonly quorum?: number | undefined;
  /** Ends once the `set` of the top `limit` hits is proven, or their `order` too. @defaultValue never */
  readonly stopWhenFinal?: 'set' | 'order' | undefined;
  /** Runs the deadline. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** What {@link mergeRanked} accepts. */
export type MergeRankedConfig<T> = Omit<FuseSettings<T>, 'weights' | 'offset'> &
  FusionChoice &
  MergeRankedSettings;

/**
 * Merges rankings as they come in: emits the ranking of what is there each time that a source answers or fails, and
 * completes when all have. The last ranking depends on the answers alone, not on their order. All sources are asked
 * at once; ending early and unsubscribing cancel those that are still open.
 *
 * ```text
 * indexA:  --a|
 * indexB:  -----b|
 * indexC:  ---------c|
 * result:  --x--y---(z|)
 * ```
 *
 * A source that fails is left out and named in `failed`, and the others go on; when all fail, the result does, with
 * the error of the only source or an `AggregateError` of all. Only the first answer of a source counts; a source
 * without one counts as an empty list. Without sources, one empty ranking is emitted, which is complete.
 *
 * @example Ask three indexes, and be content with two, or with what there is after a second
 * ```ts
 * const ask = (index_id: string) => retrieve(connection, { index_id, query: question });
 * mergeRanked(
 *   { handbook: ask('idx-1'), wiki: ask('idx-2'), mail: ask('idx-3') },
 *   { limit: 10, quorum: 2, deadline: 1_000, weights: { mail: 0.2 } },
 * ).subscribe(({ hits, pending }) => console.log(hits[0]?.item.content, pending));
 * ```
 *
 * @throws RangeError or TypeError when called with settings that mean nothing; see {@link fuse}.
 */
export function mergeRanked<T extends Rankable>(
  sources: RankedSources<T>,
  config: MergeRankedConfig<T> = {},
): Observable<MergedRanking<T>> {
  if (!Array.isArray(sources)) {
    checkKind('mergeRanked: sources', sources, 'object');
  }
  checkKind('mergeRanked: config', config, 'object');
  const { deadline, scheduler = asyncScheduler, onSourceError = 'drop' } = config;
  checkChoice('mergeRanked: onSourceError', onSourceError, ['drop', 'fail']);
  const named = Object.entries(sources);
  const options = optionsOf(
    named.map(([name]) => name),
    config,
  );
  const unasked = new Map(named.map(([name]): [string, SourceState<T>] => [name, pending]));
  // Says at once what the options say of no answer at all: whether they make sense.
  const nothing = mergedRanking(unasked, options);

  return defer(() => {
    const states = new Map(unasked);
    const answers = named.map(([name, source]) =>
      stateOf(source, onSourceError).pipe(
        map((state) => {
          states.set(name, state);
          const ranking = mergedRanking(states, options);
          throwIfNoneIsLeft(ranking);
          return { ...ranking, ended: ranking.ended ?? earlyEnd(ranking, config) };
        }),
      ),
    );
    const timeUp =
      deadline === undefined
        ? EMPTY
        : timer(deadline, scheduler).pipe(
            map(() => ({ ...mergedRanking(states, options), ended: 'deadline' as const })),
          );
    return named.length === 0
      ? of(nothing)
      : merge(...answers, timeUp).pipe(takeWhile(({ ended }) => ended === undefined, true));
  });
}

const pending = { status: 'pending' } as const;

/** What becomes of a source: one state, that is not pending. */
function stateOf<T>(
  source: Observable<RankedAnswer<T>>,
  onSourceError: 'drop' | 'fail',
): Observable<SourceState<T>> {
  const state = source.pipe(
    take(1),
    // Services leave an empty list out, or send `null` for it, whatever the schema says.
    map(({ results }): SourceState<T> => ({
      status: 'arrived',
      results: Array.isArray(results) ? results : [],
    })),
    defaultIfEmpty<SourceState<T>, SourceState<T>>({ status: 'arrived', results: [] }),
  );
  return onSourceError === 'fail'
    ? state
    : state.pipe(catchError((error: unknown) => of({ status: 'failed' as const, error })));
}

function throwIfNoneIsLeft({ failed, arrived, pending }: MergedRanking<unknown>): void {
  const [first, ...others] = failed;
  if (!first || arrived.length > 0 || pending.length > 0) {
    return;
  }
  throw others.length === 0
    ? first.error
    : new AggregateError(
        failed.map(({ error }) => error),
        `mergeRanked: all ${failed.length} sources failed: ${failed.map(({ source }) => source).join(', ')}`,
      );
}

function earlyEnd<T>(
  { arrived, ...ranking }: MergedRanking<T>,
  { quorum = Infinity, stopWhenFinal, limit = Infinity }: MergeRankedConfig<T>,
): MergedRanking<T>['ended'] {
  if (arrived.length >= quorum) {
    return 'quorum';
  }
  const proven = stopWhenFinal === 'order' ? ranking.finalOrder : ranking.finalSet;
  return stopWhenFinal && proven >= limit ? 'final' : undefined;
}

/** The options of the fusion, with weights in the order of the sources; refuses what cannot be meant. */
function optionsOf<T>(names: readonly string[], config: MergeRankedConfig<T>): FuseOptions<T> {
  const { quorum = 1, deadline = 0, stopWhenFinal, limit, weights, ...choice } = config;
  if (!(quorum >= 1 && quorum <= Math.max(1, names.length))) {
    throw new RangeError(
      `mergeRanked: quorum must be from 1 to ${names.length}, the number of sources, got ${quorum}`,
    );
  }
  if (!(deadline >= 0 && deadline <= LONGEST_TIMER)) {
    throw new RangeError(
      `mergeRanked: deadline must be from 0 to ${LONGEST_TIMER} ms, got ${deadline}`,
    );
  }
  if (stopWhenFinal && limit === undefined) {
    throw new TypeError('mergeRanked: stopWhenFinal needs a limit, the hits to be proven');
  }
  const given = weights && new Map(Object.entries(weights));
  const stranger = Object.keys(weights ?? {}).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw new RangeError(
      `mergeRanked: weights name ${stranger}, but the sources are ${names.join(', ')}`,
    );
  }
  return { ...choice, limit, weights: given && names.map((name) => given.get(name) ?? 1) };
}
