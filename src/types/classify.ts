import type { JobStatus } from './jobStatus.ts';
import type { ParserLanguage } from './parserLanguages.ts';

/** One kind of document that a classify job tells apart. */
export interface ClassifierRule {
  /** The name given to documents that match. 1 to 50 characters. */
  readonly type: string;
  /** What such documents contain, in plain words. 10 to 500 characters. */
  readonly description: string;
}

/** What a classifier looks at: the text (`FAST`), or the pages as well (`MULTIMODAL`). */
export type ClassifyMode = 'FAST' | 'MULTIMODAL';

/** How documents are read before they are classified. */
export interface ClassifyParsingConfiguration {
  /** The documents' language. */
  readonly lang?: ParserLanguage | undefined;
  /** Pages read of each document, at most. @defaultValue `5` */
  readonly max_pages?: number | null | undefined;
  /** The pages to read, 0-based; at least one. */
  readonly target_pages?: readonly number[] | null | undefined;
}

/** A job that sorts documents into kinds. */
export interface ClassifyJob {
  /** The job's id, a UUID. */
  readonly id: string;
  /** The project it works in, a UUID. */
  readonly project_id: string;
  /** Who started it. */
  readonly user_id: string;
  /** The kinds to tell apart, at least one. */
  readonly rules: readonly ClassifierRule[];
  /** Where the job stands. */
  readonly status: JobStatus;
  /** Since when it stands there, ISO 8601. */
  readonly effective_at?: string | undefined;
  /** The record of the run that this status is about. */
  readonly job_record_id?: string | null | undefined;
  /** What went wrong in the last run. */
  readonly error_message?: string | null | undefined;
  /** How hard the classifier looks. */
  readonly mode?: ClassifyMode | undefined;
  /** How documents are read first. */
  readonly parsing_configuration?: ClassifyParsingConfiguration | undefined;
  /** When the job was made, ISO 8601. */
  readonly created_at?: string | null | undefined;
  /** When the job last changed, ISO 8601. */
  readonly updated_at?: string | null | undefined;
}
