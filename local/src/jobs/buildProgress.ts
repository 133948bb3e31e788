/**
 * How the build of an index stands: the `metadata` of the index. `status` goes from `pending`
 * over `syncing` (files are parsed) and `exporting` (vectors are trained) to `ready` or `failed`.
 */
export type BuildProgress = Readonly<Record<string, unknown>> & {
  readonly status: 'pending' | 'syncing' | 'exporting' | 'ready' | 'failed';
  /** Files in the directory. */
  readonly total_files?: number;
  /** Files that are in the index as they are in the directory. */
  readonly indexed_files?: number;
  /** Files that this build has put in, anew or in the place of an older state. */
  readonly updated_files?: number;
  /** Files that this build has taken out. */
  readonly removed_files?: number;
  /** Files that could not be parsed. The next sync tries them again. */
  readonly failed_files?: number;
  /** The first hundred of them, each with the reason. */
  readonly errors?: readonly { file_id: string; file_name: string; message: string }[];
  /** What of the request has no effect here. */
  readonly warnings?: readonly string[];
  /** Why the build failed. */
  readonly error?: string;
};
