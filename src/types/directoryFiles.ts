import type { PageQuery } from './page.ts';
import type { PresignedUrl } from './presignedUrl.ts';
import type { Scope } from './scope.ts';

/** What a user's metadata can hold under one key. */
export type FileMetadataValue = string | number | boolean | readonly string[] | null;

/** Metadata that users attach to a file: flat, by key. Retrieval can filter on it. */
export type FileMetadata = Readonly<Record<string, FileMetadataValue>>;

/** A file's place in a directory. */
export interface DirectoryFile {
  /** The id of this entry; not the id of the file's content. */
  readonly id: string;
  /** The project that owns it. */
  readonly project_id: string;
  /** The directory it is in. */
  readonly directory_id: string;
  /** Tells the file from all others of the directory. At least one character. */
  readonly unique_id: string;
  /** The name that people see. At least one character. */
  readonly display_name: string;
  /** The id of the stored content. */
  readonly file_id?: string | null;
  /** What is known about the file: the user's metadata laid over what other sources say. */
  readonly metadata?: FileMetadata;
  /** When the file was added, ISO 8601. */
  readonly created_at?: string | null;
  /** When the entry last changed, ISO 8601. */
  readonly updated_at?: string | null;
  /** When the file was removed, ISO 8601. Absent or `null` while it is there. */
  readonly deleted_at?: string | null;
  /** Where its content can be fetched. Filled in when the request expands `download_url`. */
  readonly download_url?: PresignedUrl | null;
}

/** What to add to each directory file. */
export interface ExpandQuery {
  /** Fields that are costly to fill in and left out otherwise. `download_url` is the one known. */
  readonly expand?: readonly string[] | null | undefined;
}

/** How to get one directory file. */
export interface GetDirectoryFileQuery extends Scope, ExpandQuery {}

/** Which files of a directory to list. */
export interface ListDirectoryFilesQuery extends Scope, PageQuery, ExpandQuery {
  /** Only files of exactly this display name. */
  readonly display_name?: string | null | undefined;
  /** Only files whose display name has this in it. */
  readonly display_name_contains?: string | null | undefined;
  /** Only the file with this `unique_id`. */
  readonly unique_id?: string | null | undefined;
  /** Only entries of this stored content. */
  readonly file_id?: string | null | undefined;
  /** Whether removed files are listed too. @defaultValue `false` */
  readonly include_deleted?: boolean | undefined;
  /** Only files that changed then or later, ISO 8601. */
  readonly updated_at_on_or_after?: string | null | undefined;
  /** Only files that changed then or earlier, ISO 8601. */
  readonly updated_at_on_or_before?: string | null | undefined;
}

/** Stored content to add to a directory. */
export interface CreateDirectoryFileBody {
  /** The id of the stored content. */
  readonly file_id: string;
  /**
   * Tells the file from all others of the directory; the content's external id or name when left
   * out. With one, the call can be repeated after a failure without adding the file twice, so do
   * not give the same one to two different files.
   */
  readonly unique_id?: string | null | undefined;
  /** The name that people see. @defaultValue the content's name */
  readonly display_name?: string | null | undefined;
  /** Metadata to filter on later. */
  readonly metadata?: FileMetadata | null | undefined;
}

/** What goes along with a file that is uploaded. */
export interface UploadDirectoryFileFields extends Omit<CreateDirectoryFileBody, 'file_id'> {
  /** The file's id in the system it comes from. */
  readonly external_file_id?: string | null | undefined;
}

/** What to change of a directory file. What is left out stays; `metadata` is replaced whole. */
export interface UpdateDirectoryFileBody extends Omit<CreateDirectoryFileBody, 'file_id'> {
  /** Moves the file to this directory. */
  readonly directory_id?: string | null | undefined;
}

/** Directory files to delete with one request. */
export interface DeleteDirectoryFilesBody {
  /** Ids of 1 to 100 files of the directory. */
  readonly directory_file_ids: readonly string[];
}
