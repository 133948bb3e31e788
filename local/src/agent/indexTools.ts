import type { DatabaseSync } from 'node:sqlite';
import type { RetrievedChunk } from '../../../src/types/retrieval.ts';
import type { Grep } from '../retrieval/grepFile.ts';
import type { ReaderPool } from '../retrieval/readerPool.ts';
import { listIndexedFiles, pagesOf, readFile } from '../retrieval/searchIndex.ts';
import type { AgentTools, RetrievedPassage } from './agentTools.ts';
import { stems } from './terms.ts';
import { weighTerms } from './weighTerms.ts';

// Passages are bounded by their words, and neither white space nor signs are words.
const longestPassage = 20_000;

/** What {@link createIndexTools} works on. */
export interface IndexToolsConfig {
  readonly db: DatabaseSync;
  readonly readers: Pick<ReaderPool, 'retrieve'>;
  /** The indexes of the turn; every search goes to all of them. */
  readonly indexIds: readonly string[];
  readonly grep: Grep;
}

/** The agent's tools over indexes. */
export function createIndexTools({ db, readers, indexIds, grep }: IndexToolsConfig): AgentTools {
  const files = new Map(
    indexIds.flatMap((indexId) =>
      listIndexedFiles(db, indexId).map(({ id, name }) => [id, { indexId, name }] as const),
    ),
  );
  // Awaited, so that a file that is not there is a rejection and never thrown at the caller.
  const indexOf = async (fileId: string): Promise<string> => {
    const file = await Promise.resolve(files.get(fileId));
    if (file === undefined) {
      throw new Error(`There is no file ${fileId} here; take a file_id from a passage`);
    }
    return file.indexId;
  };

  return {
    async retrieve({ query, top_k = 6 }) {
      const found: RetrievedPassage[] = [];
      for (const indexId of indexIds) {
        const chunks = await readers.retrieve(indexId, { query, top_k });
        found.push(...chunks.map((chunk) => toPassage(chunk, files)));
      }
      return (indexIds.length === 1 ? found : merge(query, found)).slice(0, top_k);
    },

    async grep({ file_id, pattern, limit = 5, context_chars = 200 }) {
      const text = readFile(db, await indexOf(file_id), { file_id });
      return grep.grep(text, pattern, { limit, context_chars });
    },

    async read({ file_id, offset = 0, max_length = 4000 }) {
      return readFile(db, await indexOf(file_id), { file_id, offset, max_length });
    },

    pagesOf: (fileId, start, end) =>
      pagesOf(db, files.get(fileId)?.indexId ?? '', fileId, start, end),
  };
}

function toPassage(
  { content: whole, score, rerank_score, static_fields: fields }: RetrievedChunk,
  files: ReadonlyMap<string, { readonly name: string }>,
): RetrievedPassage {
  const file_id = fields?.parsed_directory_file_id ?? '';
  const content = whole.slice(0, longestPassage);
  const start_char = fields?.chunk_start_char ?? 0;
  return {
    content,
    file_id,
    file_name: files.get(file_id)?.name ?? file_id,
    page_range_start: fields?.page_range_start ?? 1,
    page_range_end: fields?.page_range_end ?? 1,
    start_char,
    end_char: start_char + content.length,
    score: rerank_score ?? score ?? 0,
  };
}

/**
 * One order for the passages of several indexes. Scores of different indexes are not on one scale:
 * the best of each is near 1 even where it fits badly. So half of the new score is the share of
 * the query's words, by rarity, that the passage has.
 */
function merge(query: string, passages: readonly RetrievedPassage[]): RetrievedPassage[] {
  const asked = [...new Set(stems(query))];
  const texts = passages.map(({ content }) => new Set(stems(content)));
  const weigh = weighTerms(texts);
  const sum = (all: readonly string[]) => all.reduce((total, stem) => total + weigh(stem), 0);
  const highest = Math.max(...passages.map(({ score }) => score), Number.MIN_VALUE);
  const seen = new Set<string>();
  return passages
    .map((passage, at) => {
      const covered = sum(asked.filter((stem) => texts[at]?.has(stem)));
      const coverage = asked.length === 0 ? 0 : covered / sum(asked);
      return { ...passage, score: 0.5 * (passage.score / highest) + 0.5 * coverage };
    })
    .sort((a, b) => b.score - a.score)
    .filter(({ file_name, content }) => {
      // Two indexes of one directory hold the same passages.
      const key = `${file_name}\n${content}`;
      const fresh = !seen.has(key);
      seen.add(key);
      return fresh;
    });
}
