import type { ChunkFields } from '../../types/retrieval.ts';

/** What can be ranked as it is: a `RetrievedChunk`, or anything with an `id`. */
export interface Rankable {
  /** Same id, same thing. */
  readonly id?: string | undefined;
  /** How well it fits by the search that found it. Larger is better. */
  readonly score?: number | null | undefined;
  /** How well it fits by a reranker. Larger is better. */
  readonly rerank_score?: number | null | undefined;
  /** Its text. */
  readonly content?: string | undefined;
  /** Where it stands in its file. */
  readonly static_fields?: ChunkFields | undefined;
}
