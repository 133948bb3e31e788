#!/usr/bin/env node
/** The embedded cloud as a program. */

import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where programs of this user keep what they can make again. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME: named = '' } = process.env;
  return isAbsolute(named) ? named : join(homedir(), '.cache');
}

// Compiling is half of a start; from the second one on it is done.
try {
  enableCompileCache(join(cacheFolder(), 'rx-llamacloud-local'));
} catch {
  // A user without a home starts as fast as the first time.
}
await import('./program.ts');
