import type { Observable } from 'rxjs';
import {
  dedupe,
  type FusedHit,
  fuse,
  mergeRanked,
  type MergedRanking,
  retrieve,
  type Connection,
  type RetrievedChunk,
} from '../../src/index.ts';
import { expectTypeOf, it } from 'vitest';

declare const connection: Connection;
const source = retrieve(connection, { index_id: 'i', query: 'q' });

const words = [{ id: 'a', page: 3 }];

it('keeps the type of what the sources find', () => {
  expectTypeOf(mergeRanked({ i: source })).toEqualTypeOf<
    Observable<MergedRanking<RetrievedChunk>>
  >();
  expectTypeOf(mergeRanked([source])).toEqualTypeOf<Observable<MergedRanking<RetrievedChunk>>>();
  expectTypeOf(fuse([words])).toEqualTypeOf<FusedHit<{ id: string; page: number }>[]>();
  expectTypeOf(dedupe(fuse([words]))[0]?.item.page).toEqualTypeOf<number | undefined>();
});

it('refuses options that mean nothing together', () => {
  // @ts-expect-error k belongs to rrf
  fuse([words], { method: 'sum', k: 60 });
  // @ts-expect-error a preset is a method already
  fuse([words], { method: 'rrf', preset: 'qdrant' });
  // @ts-expect-error Milvus has a curve for each metric
  fuse([words], { method: 'sum', normalization: 'arctan' });
  // @ts-expect-error nothing tells one from the other
  fuse([[{ page: 3 }]]);
  // @ts-expect-error one weight for each source, by name
  mergeRanked({ i: source }, { weights: 1 });
});
