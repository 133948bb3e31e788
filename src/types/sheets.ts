import type { JobListQuery } from './jobListQuery.ts';
import type { JobStatus } from './jobStatus.ts';
import type { Scope } from './scope.ts';

/** How a spreadsheet is taken apart. */
export interface SheetsConfig {
  /** The sheets to look at, by name. All when left out. */
  readonly sheet_names?: readonly string[] | null | undefined;
  /** The one range to take, in A1 notation (`B2:F40`), instead of looking for regions. */
  readonly extraction_range?: string | null | undefined;
  /** Whether hidden cells count. @defaultValue `true` */
  readonly include_hidden_cells?: boolean | undefined;
  /** Whether titles and descriptions are made for sheets and regions. @defaultValue `true` */
  readonly generate_additional_metadata?: boolean | undefined;
  /** Whether methods are used that are still being tried out. @defaultValue `false` */
  readonly use_experimental_processing?: boolean | undefined;
  /** Whether tables with nested headers are made flat. @defaultValue `false` */
  readonly flatten_hierarchical_tables?: boolean | undefined;
  /**
   * How readily regions that look alike become one table: `strong` for sparse sheets, `weak` for
   * many tables side by side. @defaultValue `'strong'`
   */
  readonly table_merge_sensitivity?: 'strong' | 'weak' | undefined;
  /** A method for one trade: `financial-standard`, `financial-enhanced` or `financial-precise`. */
  readonly specialization?: string | null | undefined;
}

/** A spreadsheet to take apart. */
export interface CreateSheetsJobBody {
  /** The id of the stored file, a UUID. */
  readonly file_id: string;
  /** How to do it. */
  readonly config?: SheetsConfig | undefined;
}

/** Facts about a file that some outside system keeps. */
type ForeignInfo = Readonly<
  Record<
    string,
    Readonly<Record<string, unknown>> | readonly unknown[] | string | number | boolean | null
  >
>;

/** A stored file. */
export interface StoredFile {
  /** The file's id, a UUID. */
  readonly id: string;
  /** The project that owns it, a UUID. */
  readonly project_id: string;
  /** Its name, 1 to 3,000 characters. */
  readonly name: string;
  /** Its id in the system it comes from. */
  readonly external_file_id?: string | null;
  /** Its size in bytes. */
  readonly file_size?: number | null;
  /** Its type: `pdf`, `xlsx` and the like. */
  readonly file_type?: string | null;
  /** What it was stored for: `parse`, `extract`, `split`, `classify` and the like. */
  readonly purpose?: string | null;
  /** The data source it was read from, a UUID. */
  readonly data_source_id?: string | null;
  /** What the system it comes from knows about it. */
  readonly resource_info?: ForeignInfo | null;
  /** Who may see it in the system it comes from. */
  readonly permission_info?: ForeignInfo | null;
  /** When its content last changed, ISO 8601. */
  readonly last_modified_at?: string | null;
  /** When it was stored, ISO 8601. */
  readonly created_at?: string | null;
  /** When its record last changed, ISO 8601. */
  readonly updated_at?: string | null;
  /** When it may be deleted, ISO 8601. */
  readonly expires_at?: string | null;
}

/** A part of a sheet that belongs together. */
export interface SheetsRegion {
  /** The region's id within the file. */
  readonly region_id?: string;
  /** The sheet it is on. */
  readonly sheet_name: string;
  /** Where it is, as a range. */
  readonly location: string;
  /** What it is: `table`, for example. */
  readonly region_type: string;
  /** A title made for it. */
  readonly title?: string | null;
  /** A description made for it. */
  readonly description?: string | null;
}

/** What was made for a whole sheet. */
export type WorksheetMetadata = Pick<SheetsRegion, 'sheet_name' | 'title' | 'description'>;

/** A job that takes a spreadsheet apart. */
export interface SheetsJob {
  /** The job's id. */
  readonly id: string;
  /** The project it belongs to, a UUID. */
  readonly project_id: string;
  /** Who started it. */
  readonly user_id: string;
  /** The spreadsheet's file id, a UUID. May be `null`. */
  readonly file_id: string | null;
  /** The spreadsheet. */
  readonly file?: StoredFile | null;
  /** How it is taken apart. */
  readonly config: SheetsConfig;
  /** Where the job stands. */
  readonly status: JobStatus;
  /** Whether it worked, once it has ended. */
  readonly success?: boolean | null;
  /** What was found. Empty until the job has ended. */
  readonly regions?: readonly SheetsRegion[];
  /** The sheets that were looked at. Empty until the job has ended. */
  readonly worksheet_metadata?: readonly WorksheetMetadata[];
  /** What went wrong. */
  readonly errors?: readonly string[];
  /** When the job was made, ISO 8601. */
  readonly created_at: string;
  /** When the job last changed, ISO 8601. */
  readonly updated_at: string;
}

/** How to get one sheets job. */
export interface GetSheetsJobQuery extends Scope {
  /** Whether regions and sheets are in the answer. @defaultValue `true` */
  readonly include_results?: boolean | undefined;
}

/** Which sheets jobs to list. */
export interface ListSheetsJobsQuery extends JobListQuery {
  /** Whether regions and sheets are in the answers. @defaultValue `false` */
  readonly include_results?: boolean | undefined;
  /** Only jobs that stand there. */
  readonly status?: JobStatus | null | undefined;
}

/**
 * What to fetch of a region, as Parquet: its rows (`table`), what is not a table (`extra`), or one
 * row of facts for each cell (`cell_metadata`).
 */
export type SheetsResultType = 'table' | 'extra' | 'cell_metadata';

/** How to get the link to a region's result. */
export interface GetSheetsRegionResultQuery extends Scope {
  /** How long the link works, in seconds. */
  readonly expires_at_seconds?: number | null | undefined;
}
