import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createGrep,
  type Grep,
  GrepTimeoutError,
  InvalidPatternError,
} from '../../src/retrieval/grepFile.ts';

let grep: Grep;

beforeEach(() => {
  grep = createGrep();
});

afterEach(() => grep.close());

describe('createGrep', () => {
  it('gives the offsets of every match', async () => {
    const text = 'revenue up, profit down, revenue flat';

    expect(await grep.grep(text, 'revenue|profit')).toEqual([
      { content: 'revenue', start_char: 0, end_char: 7 },
      { content: 'profit', start_char: 12, end_char: 18 },
      { content: 'revenue', start_char: 25, end_char: 32 },
    ]);
  });

  it('shows as much around a match as was asked for and is there', async () => {
    expect(await grep.grep('one two three', 'two', { context_chars: 5 })).toEqual([
      { content: 'one two thre', start_char: 4, end_char: 7 },
    ]);
  });

  it('knows the scripts of the world, and refuses one that it does not know', async () => {
    expect(await grep.grep('a 违约金 b', '\\p{Script=Han}+')).toMatchObject([
      { content: '违约金' },
    ]);
    await expect(grep.grep('Han', '[\\p{Han}]')).rejects.toThrow(InvalidPatternError);
  });

  it('stops at the limit', async () => {
    expect(await grep.grep('aaaa', 'a', { limit: 2 })).toHaveLength(2);
    expect(await grep.grep('aaaa', 'a', { limit: 0 })).toEqual([]);
    expect(await grep.grep('a'.repeat(300), 'a', { limit: null })).toHaveLength(100);
  });

  it('matches line by line, and without case where the pattern says so', async () => {
    expect(await grep.grep('x\nTotal: 3\n', '(?i)^total: \\d$')).toHaveLength(1);
    expect(await grep.grep('Total', 'total')).toEqual([]);
  });

  it('accepts needless escapes', async () => {
    expect(await grep.grep('a-b', 'a\\-b')).toHaveLength(1);
  });

  it('leaves out empty matches', async () => {
    expect(await grep.grep('bab', 'a*')).toEqual([{ content: 'a', start_char: 1, end_char: 2 }]);
  });

  it('refuses what is no regular expression, and goes on', async () => {
    await expect(grep.grep('text', '(')).rejects.toThrow(InvalidPatternError);
    expect(await grep.grep('text', 't')).toHaveLength(2);
  });

  it('stops a runaway pattern after a second, and goes on', async () => {
    const runaway = grep.grep(`${'a'.repeat(40)}!`, '(a+)+$');
    const next = grep.grep('text', 't');

    await expect(runaway).rejects.toThrow(GrepTimeoutError);
    await expect(next).resolves.toHaveLength(2);
  });

  it('rejects what is running and what waits when closed', async () => {
    await grep.grep('warm', 'w');
    const running = grep.grep(`${'a'.repeat(40)}!`, '(a+)+$');
    const waiting = grep.grep('text', 't');
    const outcomes = Promise.allSettled([running, waiting]);

    await grep.close();

    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
  });
});
