import type { FileMetadata } from './directoryFiles.ts';

/** How a filter compares a field with its value. `in` and `nin` take a list. */
export type FilterOperator = 'eq' | 'ne' | 'gt' | 'lt' | 'gte' | 'lte' | 'in' | 'nin';

/** A condition on one field. */
export interface RetrievalFilter<V> {
  /** How to compare. */
  readonly operator: FilterOperator;
  /** What to compare with. */
  readonly value: V | readonly V[];
}

/** Conditions on fields that every chunk has. */
export interface StaticFilters {
  /** On the file that the chunk was cut from. */
  readonly parsed_directory_file_id?: RetrievalFilter<string> | null | undefined;
}

/** A condition on one metadata key: a single one, or bounds that must all hold. */
export type CustomFilter =
  RetrievalFilter<string | number | boolean> | readonly RetrievalFilter<number>[];

/** Whether and how results are put into a better order at the end. */
export interface RerankOptions {
  /** @defaultValue `true` */
  readonly enabled?: boolean | undefined;
  /** Results kept after it, at most. */
  readonly top_n?: number | null | undefined;
}

/** A question to an index. */
export interface RetrieveBody {
  /** The index to ask: its `id` or its `export_config_id`. */
  readonly index_id: string;
  /** What is looked for, in plain words. */
  readonly query: string;
  /** Chunks to find, at most. */
  readonly top_k?: number | null | undefined;
  /** Neighbours that the vector search chooses from. More is slower and misses less. */
  readonly num_candidates?: number | null | undefined;
  /** What the vector search counts for, 0 to 1. */
  readonly vector_pipeline_weight?: number | null | undefined;
  /** What the full-text search counts for, 0 to 1. */
  readonly full_text_pipeline_weight?: number | null | undefined;
  /** Chunks that score less are dropped. */
  readonly score_threshold?: number | null | undefined;
  /** Conditions on built-in fields. */
  readonly static_filters?: StaticFilters | null | undefined;
  /** Conditions on the users' metadata, by key. */
  readonly custom_filters?: Readonly<Record<string, CustomFilter | null>> | null | undefined;
  /** How results are reordered. */
  readonly rerank?: RerankOptions | undefined;
}

/** Something that belongs to a chunk, such as a picture of its page. */
export interface ChunkAttachment {
  /** What it is: `screenshot` or `items`, for example. */
  readonly type: string;
  /** Its path among the attachments of its file, `screenshots/page_7.jpg`. */
  readonly attachment_name: string;
  /** The file it belongs to. */
  readonly source_id: string;
}

/** What is known of every chunk. */
export interface ChunkFields {
  /** The file it was cut from: `file_id` for reading and searching within it. */
  readonly parsed_directory_file_id?: string | null;
  /** The first page it touches. */
  readonly page_range_start?: number | null;
  /** The last page it touches. */
  readonly page_range_end?: number | null;
  /** Where it starts in the file's text, in characters. */
  readonly chunk_start_char?: number | null;
  /** Where it ends in the file's text, in characters. */
  readonly chunk_end_char?: number | null;
  /** Its place among the chunks of its file. */
  readonly chunk_index?: number | null;
  /** Its length in tokens. */
  readonly chunk_token_count?: number | null;
  /** What belongs to it. */
  readonly attachments?: readonly ChunkAttachment[];
}

/** A passage that answers a question. */
export interface RetrievedChunk {
  /** The passage. */
  readonly content: string;
  /** How well it fits by both searches together. Larger is better. */
  readonly score?: number | null;
  /** How well it fits by the reranker, when there was one. Larger is better. */
  readonly rerank_score?: number | null;
  /** The users' metadata of its file. */
  readonly metadata?: FileMetadata | null;
  /** What is known of it besides. */
  readonly static_fields?: ChunkFields;
}

/** What retrieval found. */
export interface RetrieveAnswer {
  /** Passages, best first. */
  readonly results: readonly RetrievedChunk[];
}

/** Which files of an index to look for. */
export interface SearchFilesBody {
  /** The index to look in. */
  readonly index_id: string;
  /** The file of exactly this name. */
  readonly file_name?: string | null | undefined;
  /** Files whose name has this in it, in capitals or not. */
  readonly file_name_contains?: string | null | undefined;
  /** Files to find, at most. */
  readonly limit?: number | null | undefined;
}

/** A file of an index. */
export interface IndexFile {
  /** Its id within the index. */
  readonly file_id: string;
  /** The name that people see. */
  readonly file_name: string;
}

/** The files that were looked for. */
export interface SearchFilesAnswer {
  readonly files: readonly IndexFile[];
}

/** What to search for within a file's text. */
export interface GrepFileBody {
  /** The index that the file is in. */
  readonly index_id: string;
  /** The file. */
  readonly file_id: string;
  /** A regular expression. */
  readonly pattern: string;
  /** Characters shown before and after each match. */
  readonly context_chars?: number | null | undefined;
  /** Matches to find, at most. */
  readonly limit?: number | null | undefined;
}

/** A place that matches a pattern. */
export interface GrepMatch {
  /** Where the match starts in the file's text, in characters. */
  readonly start_char: number;
  /** Where the match ends in the file's text, in characters. */
  readonly end_char: number;
  /** The match, with as much around it as was asked for. */
  readonly content: string;
}

/** The places that match a pattern. */
export interface GrepFileAnswer {
  readonly matches: readonly GrepMatch[];
}

/** Which part of a file's text to read. */
export interface ReadFileBody {
  /** The index that the file is in. */
  readonly index_id: string;
  /** The file. */
  readonly file_id: string;
  /** Where to start, in characters from the text's beginning. @defaultValue `0` */
  readonly offset?: number | undefined;
  /** Characters to read, at most. */
  readonly max_length?: number | null | undefined;
}

/** A part of a file's text. */
export interface ReadFileAnswer {
  readonly content: string;
}
