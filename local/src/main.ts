#!/usr/bin/env node
/** The embedded cloud as a program. */

import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Compiling is half of a start; from the second one on it is done. Where that cannot be kept, nothing is lost.
const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
enableCompileCache(join(caches, 'rx-llamacloud-local'));
await import('./program.ts');
