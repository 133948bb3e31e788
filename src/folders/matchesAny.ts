import { posix } from 'node:path';

/**
 * Whether one of the globs matches the path, which has `/` between its parts. One with a slash is matched against the
 * path, one without against the name alone.
 */
export function matchesAny(patterns: readonly string[], relativePath: string): boolean {
  return patterns.some((pattern) =>
    posix.matchesGlob(pattern.includes('/') ? relativePath : posix.basename(relativePath), pattern),
  );
}
