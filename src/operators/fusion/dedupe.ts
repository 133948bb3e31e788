import { textOf } from '../../types/textOf.ts';
import type { FusedHit } from './fuse.ts';
import type { Rankable } from './rankable.ts';
import { shingles } from './shingles.ts';
import { checkKind } from '../../checks/checkKind.ts';

/** What {@link dedupe} accepts. */
export interface DedupeConfig {
  /**
   * Two passages of one file are the same when they share at least this part of the shorter one's characters, above 0
   * to 1. @defaultValue `0.8`
   */
  readonly overlap?: number | undefined;
  /**
   * Two texts are the same when at least this part of all their runs of three words is in both, above 0 to 1.
   * @defaultValue `0.9`
   */
  readonly similarity?: number | undefined;
}

/** A hit, and the hits below it that say the same. */
export type DistinctHit<H> = H & {
  /** Best first. */
  readonly collapsed: readonly H[];
};

/**
 * Collapses hits that say the same into the best of them, in one pass from the top: a hit goes to the first one above
 * it that it resembles, so that groups do not grow over chains of small differences. Nothing is lost, nothing changes
 * its order.
 *
 * @example
 * ```ts
 * mergeRanked([retrieve(connection, { index_id: indexId, query: question })])
 *   .pipe(map(({ hits }) => dedupe(hits)))
 *   .subscribe((hits) => console.log(hits.map(({ item, collapsed }) => [item, collapsed.length])));
 * ```
 *
 * @throws RangeError for a threshold out of bounds.
 */
export function dedupe<H extends FusedHit<Rankable>>(
  hits: readonly H[],
  config: DedupeConfig = {},
): DistinctHit<H>[] {
  checkKind('dedupe: hits', hits, 'array');
  checkKind('dedupe: config', config, 'object');
  const { overlap = 0.8, similarity = 0.9 } = config;
  checkShare('overlap', overlap);
  checkShare('similarity', similarity);

  const leaders = new Leaders(overlap, similarity);
  const groups: (H & { readonly collapsed: H[] })[] = [];
  for (const hit of hits) {
    const group = groups[leaders.find(hit.item) ?? leaders.add(hit.item)];
    if (group) {
      group.collapsed.push(hit);
    } else {
      groups.push({ ...hit, collapsed: [] });
    }
  }
  return groups;
}

interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** The hits that others are compared with, found without comparing each with each. */
class Leaders {
  readonly #overlap: number;
  readonly #similarity: number;
  readonly #spans: (Span | undefined)[] = [];
  readonly #runs: number[] = [];
  readonly #byFile = new Map<string, number[]>();
  readonly #byRun = new Map<string, number[]>();

  constructor(overlap: number, similarity: number) {
    this.#overlap = overlap;
    this.#similarity = similarity;
  }

  /** The place of the first leader that says the same. */
  find(item: Rankable): number | undefined {
    const found = [this.#bySpan(spanOf(item)), this.#byText(shingles(textOf(item.content)))];
    const places = found.filter((place) => place !== undefined);
    return places.length === 0 ? undefined : Math.min(...places);
  }

  /** Makes it a leader, and returns its place. */
  add(item: Rankable): number {
    const place = this.#spans.length;
    const span = spanOf(item);
    const runs = shingles(textOf(item.content));
    this.#spans.push(span);
    this.#runs.push(runs.size);
    if (span) {
      append(this.#byFile, span.file, place);
    }
    for (const run of runs) {
      append(this.#byRun, run, place);
    }
    return place;
  }

  #bySpan(span: Span | undefined): number | undefined {
    return (
      span &&
      this.#byFile.get(span.file)?.find((place) => {
        const other = this.#spans[place];
        return other && sharedPart(span, other) >= this.#overlap;
      })
    );
  }

  #byText(runs: ReadonlySet<string>): number | undefined {
    const shared = new Map<number, number>();
    for (const run of runs) {
      for (const place of this.#byRun.get(run) ?? []) {
        shared.set(place, (shared.get(place) ?? 0) + 1);
      }
    }
    const places = [...shared].flatMap(([place, count]) => {
      const all = runs.size + (this.#runs[place] ?? 0) - count;
      return count / all >= this.#similarity ? [place] : [];
    });
    return places.length === 0 ? undefined : Math.min(...places);
  }
}

function append(index: Map<string, number[]>, key: string, place: number): void {
  const places = index.get(key);
  if (places) {
    places.push(place);
  } else {
    index.set(key, [place]);
  }
}

function spanOf({ static_fields: fields }: Rankable): Span | undefined {
  const {
    parsed_directory_file_id: file,
    chunk_start_char: start,
    chunk_end_char: end,
  } = fields ?? {};
  return file && typeof start === 'number' && typeof end === 'number' && end > start
    ? { file, start, end }
    : undefined;
}

/** What two passages of one file share, as a part of the shorter one. */
function sharedPart(a: Span, b: Span): number {
  const shared = Math.min(a.end, b.end) - Math.max(a.start, b.start);
  return shared / Math.min(a.end - a.start, b.end - b.start);
}

function checkShare(name: string, value: number): void {
  if (!(value > 0 && value <= 1)) {
    throw new RangeError(`dedupe: ${name} must be above 0 and at most 1, got ${value}`);
  }
}
