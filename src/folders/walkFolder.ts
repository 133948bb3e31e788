import type { Dirent } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { FileError } from '../errors.ts';
import { matchesAny } from './matchesAny.ts';
import { orderedEntries } from './orderedEntries.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * What {@link walkFolder} accepts. Patterns are globs (`*`, `**`, `?`, `{a,b}`, `[ab]`): with a slash they are matched
 * against the path below the folder, without one against the name alone. As in a shell, a name that begins with a dot
 * is matched only by a pattern that says so.
 */
export interface WalkFolderConfig {
  /** Gives only files that one of these matches. @defaultValue all */
  readonly include?: readonly string[] | undefined;
  /** Leaves out what one of these matches; a folder is left out with all that is in it. @defaultValue none */
  readonly ignore?: readonly string[] | undefined;
  /** Goes where symbolic links lead, also out of the folder. @defaultValue `false` */
  readonly followSymlinks?: boolean | undefined;
}

interface Found {
  /** The path to open: the folder's, as it was given, and what is below it. */
  readonly path: string;
  /** The path below the folder, with `/` between its parts on every system. */
  readonly relativePath: string;
}

/** A file that can be read. */
export interface FolderFile extends Found {
  readonly type: 'file';
}

/**
 * What is there and is not given as a file: a link that is not followed (`symlink`), a link that leads back to a folder
 * it is in (`loop`), or a device, pipe or socket (`special`).
 */
export interface SkippedEntry extends Found {
  readonly type: 'skipped';
  readonly reason: 'symlink' | 'loop' | 'special';
}

/** A file or folder that cannot be read, or is gone. */
export interface UnreadableEntry extends Found {
  readonly type: 'unreadable';
  readonly error: FileError;
}

/** What {@link walkFolder} gives. */
export type FolderEntry = FolderFile | SkippedEntry | UnreadableEntry;

/** So many entries are looked at together, to make use of the disk's and the pool's parallelism. */
const TOGETHER = 64;

/**
 * The files of a folder and of all folders in it, one at a time as they are asked for, in an order that is the same
 * every time: by name, a folder's content in the place of its name. Memory does not grow with the number of files.
 *
 * What cannot be read is given as a value and does not end the walk. A folder to start from that cannot be read is a
 * `FileError` of the kind `unreadable`.
 *
 * @example Every PDF and Markdown file, eight uploads at once
 * ```ts
 * fanOutFrom(
 *   walkFolder('handbook', { include: ['*.pdf', '*.md'], ignore: ['node_modules', 'drafts/**'] }),
 *   (entry) =>
 *     entry.type === 'file'
 *       ? uploadDirectoryFile(connection, directoryId, {
 *           upload_file: entry.path,
 *           unique_id: entry.relativePath,
 *         })
 *       : EMPTY,
 *   { concurrency: 8, onError: 'collect' },
 * );
 * ```
 */
export function walkFolder(
  path: string,
  config: WalkFolderConfig = {},
): AsyncIterable<FolderEntry, undefined> {
  checkKind('walkFolder: path', path, 'text');
  checkKind('walkFolder: config', config, 'object');
  return { [Symbol.asyncIterator]: () => walk(path, config) };
}

/** A folder to go into. */
interface Subfolder extends Found {
  readonly type: 'folder';
  /** Tells the folder from all others, whichever way leads to it. Known only where links are followed. */
  readonly identity: string | undefined;
}

async function* walk(
  path: string,
  config: WalkFolderConfig,
): AsyncGenerator<FolderEntry, undefined> {
  const root = { path, relativePath: '' };
  const start = await followed(root);
  if (start.type !== 'folder') {
    throw start.type === 'unreadable' ? start.error : cannotRead(path, 'it is not a folder');
  }
  // A list and not a recursion: each level of generators would cost every entry below it.
  const levels = [{ folder: start, entries: entriesOf(start, config) }];
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    const { value: entry } = await level.entries.next();
    if (entry === undefined) {
      levels.pop();
    } else if (entry.type === 'unreadable' && entry.relativePath === '') {
      throw entry.error;
    } else if (entry.type !== 'folder') {
      yield entry;
    } else if (levels.some(({ folder }) => isSame(folder, entry))) {
      const { path, relativePath } = entry;
      yield { type: 'skipped', reason: 'loop', path, relativePath };
    } else {
      levels.push({ folder: entry, entries: entriesOf(entry, config) });
    }
  }
}

function isSame(one: Subfolder, other: Subfolder): boolean {
  return one.identity !== undefined && one.identity === other.identity;
}

/** What is in one folder, in order. That it cannot be read is an entry, too. */
async function* entriesOf(
  folder: Subfolder,
  { include, ignore = [], followSymlinks = false }: WalkFolderConfig,
): AsyncGenerator<FolderEntry | Subfolder, undefined> {
  const included = ({ relativePath }: Found): boolean =>
    include === undefined || matchesAny(include, relativePath);
  // Decided by name where possible, so that nothing is asked of the disk for what is left out.
  const wanted = (candidate: Candidate): boolean =>
    !matchesAny(ignore, candidate.relativePath) &&
    (!candidate.entry.isFile() || included(candidate));

  try {
    for await (const run of orderedEntries(folder.path)) {
      for (let n = 0; n < run.length; n += TOGETHER) {
        const candidates = run.slice(n, n + TOGETHER).map((entry) => ({
          entry,
          path: join(folder.path, entry.name),
          relativePath: posix.join(folder.relativePath, entry.name),
        }));
        const found = await Promise.all(
          candidates.filter(wanted).map((candidate) => lookAt(candidate, followSymlinks)),
        );
        // A link shows only now whether it leads to a file.
        yield* found.filter((entry) => entry.type !== 'file' || included(entry));
      }
    }
  } catch (error) {
    yield unreadable(folder, error);
  }
}

type Candidate = Found & { readonly entry: Dirent };

/** What an entry is, and whether it can be read. */
async function lookAt(
  { entry, path, relativePath }: Candidate,
  followSymlinks: boolean,
): Promise<FolderEntry | Subfolder> {
  const found = { path, relativePath };
  if (followSymlinks && (entry.isSymbolicLink() || entry.isDirectory())) {
    return followed(found);
  }
  if (entry.isDirectory()) {
    return { type: 'folder', identity: undefined, ...found };
  }
  if (entry.isSymbolicLink()) {
    return { type: 'skipped', reason: 'symlink', ...found };
  }
  return entry.isFile() ? readable(found) : { type: 'skipped', reason: 'special', ...found };
}

/** What a path leads to, links followed. */
async function followed(found: Found): Promise<FolderEntry | Subfolder> {
  try {
    const target = await stat(found.path, { bigint: true });
    if (target.isDirectory()) {
      return { type: 'folder', identity: `${target.dev}:${target.ino}`, ...found };
    }
    return await (target.isFile()
      ? readable(found)
      : { type: 'skipped', reason: 'special', ...found });
  } catch (error) {
    return unreadable(found, error);
  }
}

async function readable(found: Found): Promise<FolderEntry> {
  try {
    await access(found.path, constants.R_OK);
    return { type: 'file', ...found };
  } catch (error) {
    return unreadable(found, error);
  }
}

function unreadable({ path, relativePath }: Found, cause: unknown): UnreadableEntry {
  // Node puts U+FFFD for what it cannot read of a name, and then does not find the file.
  const misread = relativePath.includes('\uFFFD') && isMissing(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  const why = misread ? 'its name, or that of a folder above it, is not UTF-8. Rename it' : message;
  return { type: 'unreadable', path, relativePath, error: cannotRead(path, why, cause) };
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

function cannotRead(path: string, why: string, cause?: unknown): FileError {
  return new FileError(`${JSON.stringify(path)} cannot be read: ${why}`, {
    kind: 'unreadable',
    path,
    cause,
  });
}
