import type { PageQuery } from './page.ts';
import type { Scope } from './scope.ts';

/** A named collection of files: what indexes and batch jobs are built from. */
export interface Directory {
  /** The directory's id. */
  readonly id: string;
  /** The project that owns it. */
  readonly project_id: string;
  /** What people call it. At least one character. */
  readonly name: string;
  /** What it is for, in its owner's words. */
  readonly description?: string | null;
  /** When it was made, ISO 8601. */
  readonly created_at?: string | null;
  /** When it last changed, ISO 8601. */
  readonly updated_at?: string | null;
  /** When it was deleted, ISO 8601. Absent or `null` while it exists. */
  readonly deleted_at?: string | null;
}

/** Who keeps a directory: a `user`, or an `index` that stores its output there. */
export type DirectoryType = 'user' | 'index';

/** Which directories to list. */
export interface ListDirectoriesQuery extends Scope, PageQuery {
  /** Only the directory of exactly this name. */
  readonly name?: string | null | undefined;
  /** Only directories of this type. */
  readonly type?: DirectoryType | null | undefined;
  /** Whether deleted directories are listed too. @defaultValue `false` */
  readonly include_deleted?: boolean | undefined;
}

/** A directory to create. */
export interface CreateDirectoryBody {
  /** What to call it. At least one character, and unique in its project. */
  readonly name: string;
  /** What it is for. */
  readonly description?: string | null | undefined;
}

/** What to change of a directory. What is left out stays as it is. */
export interface UpdateDirectoryBody extends Pick<CreateDirectoryBody, 'description'> {
  /** The new name. At least one character. */
  readonly name?: string | null | undefined;
}
