import type { JobListQuery } from './jobListQuery.ts';

/** The document that is split. */
export interface SplitDocumentInput {
  /** What `value` is. */
  readonly type: 'file_id';
  /** The id of the stored file. */
  readonly value: string;
}

/** A kind of document that may be within the one to split. */
export interface SplitCategory {
  /** Its name, 1 to 200 characters. */
  readonly name: string;
  /** What belongs to it, in plain words, 1 to 2,000 characters. */
  readonly description?: string | null | undefined;
}

/** How pages are given out. */
export interface SplitStrategy {
  /**
   * What becomes of pages that fit no category: they form segments named `uncategorized`
   * (`include`), are put into one anyway (`forbid`), or are left out (`omit`).
   * @defaultValue `'include'`
   */
  readonly allow_uncategorized?: 'include' | 'forbid' | 'omit' | undefined;
}

/** How to split. */
export interface SplitConfiguration {
  /** What to look for, 1 to 50 categories. */
  readonly categories: readonly SplitCategory[];
  /** How pages are given out. */
  readonly splitting_strategy?: SplitStrategy | undefined;
}

/** A document to split: by a configuration given here or by a saved one, one of the two. */
export interface CreateSplitJobBody {
  /** The document. */
  readonly document_input: SplitDocumentInput;
  /** How to split it. */
  readonly configuration?: SplitConfiguration | null | undefined;
  /** The id of a saved configuration. */
  readonly configuration_id?: string | null | undefined;
}

/** Pages in a row that belong to one category. */
export interface SplitSegment {
  /** The category's name, or `uncategorized`. */
  readonly category: string;
  /** Its pages, 1-based. */
  readonly pages: readonly number[];
  /** How sure the service is. */
  readonly confidence_category: 'high' | 'medium' | 'low';
}

/** What a document was split into. */
export interface SplitResult {
  /** The segments in the document's order. */
  readonly segments: readonly SplitSegment[];
}

/** Where a split job stands. The last three are final. */
export type SplitJobStatus = 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';

/** A job that splits a document. */
export interface SplitJob {
  /** The job's id. */
  readonly id: string;
  /** The project it belongs to. */
  readonly project_id: string;
  /** Who started it. */
  readonly user_id: string;
  /** The document. */
  readonly document_input: SplitDocumentInput;
  /** What is looked for. */
  readonly categories: readonly SplitCategory[];
  /** The saved configuration that it uses. */
  readonly configuration_id?: string | null;
  /** Where the job stands. */
  readonly status: SplitJobStatus;
  /** What came of it, once it is completed. */
  readonly result?: SplitResult | null;
  /** What went wrong. */
  readonly error_message?: string | null;
  /** When the job was made, ISO 8601. */
  readonly created_at?: string | null;
  /** When the job last changed, ISO 8601. */
  readonly updated_at?: string | null;
}

/** Which split jobs to list. */
export interface ListSplitJobsQuery extends JobListQuery {
  /** Only jobs that stand there. */
  readonly status?: SplitJobStatus | null | undefined;
}
