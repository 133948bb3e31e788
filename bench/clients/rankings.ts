import type { RetrievedChunk } from 'rx-llamacloud';

/**
 * So many rankings, each of `size` chunks as `retrieve` finds them, in an order of its own. The indexes have documents
 * in common: of the chunks of one ranking, another has about a fourth.
 */
export function rankings(count: number, size: number): RetrievedChunk[][] {
  const pool = 4 * size;
  // Steps that have no divisor in common with the pool reach every chunk of it once.
  const step = [7919, 7907, 7901].find((prime) => pool % prime !== 0) ?? 1;
  return Array.from({ length: count }, (_, list) =>
    Array.from({ length: size }, (_, rank) =>
      chunk((rank * step + list * 53) % pool, 1 / (rank + 2)),
    ),
  );
}

function chunk(n: number, score: number): RetrievedChunk {
  return {
    content: `Passage ${n}: what the subsidiaries send in at the end of a quarter, as they send it.`,
    score,
    rerank_score: null,
    metadata: { department: `d${n % 7}` },
    static_fields: {
      parsed_directory_file_id: `dfl-9e107d9d-372b-4a9d-9b51-${(n >> 4).toString(16).padStart(12, '0')}`,
      chunk_index: n & 15,
      page_range_start: 1,
      page_range_end: 2,
    },
  };
}
