import { posix } from 'node:path';

/**
 * Whether one of the globs matches the path, which has `/` between its parts. One with a slash is matched against the
 * path, one without against the name alone. Accents may be written either way in both (Unicode normal form C or D).
 */
export function matchesAny(patterns: readonly string[], relativePath: string): boolean {
  const path = relativePath.normalize('NFC');
  return patterns.some((pattern) =>
    posix.matchesGlob(
      pattern.includes('/') ? path : posix.basename(path),
      pattern.normalize('NFC'),
    ),
  );
}
