/** The thread in which patterns run; it can be ended where a pattern cannot. */

import { parentPort } from 'node:worker_threads';
import type { GrepMatch } from '../../../src/types/retrieval.ts';

/** What the thread is sent. */
export interface GrepTask {
  readonly text: string;
  readonly pattern: string;
  readonly limit: number;
  readonly context: number;
}

/** What it sends back. Its first message, before any task, is empty: it has started. */
export type GrepAnswer = { readonly matches: readonly GrepMatch[] } | { readonly invalid: string };

parentPort?.on('message', (task: GrepTask) => parentPort?.postMessage(answer(task)));
parentPort?.postMessage({ matches: [] } satisfies GrepAnswer);

function answer(task: GrepTask): GrepAnswer {
  try {
    return { matches: search(task, compile(task.pattern)) };
  } catch (error) {
    return { invalid: error instanceof Error ? error.message : String(error) };
  }
}

function search({ text, limit, context }: GrepTask, expression: RegExp): GrepMatch[] {
  const matches: GrepMatch[] = [];
  for (const { index, 0: match } of text.matchAll(expression)) {
    if (matches.length >= limit) {
      break;
    }
    if (match !== '') {
      const end = index + match.length;
      matches.push({
        content: text.slice(Math.max(0, index - context), end + context),
        start_char: index,
        end_char: end,
      });
    }
  }
  return matches;
}

function compile(pattern: string): RegExp {
  // Flags at the start, (?i), are how other dialects write them.
  const [prefix = '', inline = ''] = /^\(\?([ims]+)\)/.exec(pattern) ?? [];
  const source = pattern.slice(prefix.length);
  const flags = [...new Set(`gm${inline}`)].join('');
  try {
    return new RegExp(source, `${flags}u`);
  } catch (error) {
    // Outside Unicode mode \p{Han} would be the letters "p", "H", "a" and "n".
    if (/\\p\{/i.test(source)) {
      throw error;
    }
    // Needless escapes, such as \-, are errors in Unicode mode only.
    return new RegExp(source, flags);
  }
}
