import type { Genre } from './genre.ts';
import { officeGenres } from './officeGenres.ts';
import { readingGenres } from './readingGenres.ts';
import { tradeGenres } from './tradeGenres.ts';

/**
 * The kinds of documents that are told apart by signs of their own, beside the words of any
 * description. The weights are judgement, not training.
 *
 * No pattern may run over an unbounded stretch from many starts: the texts are anybody's.
 */
export const genres: readonly Genre[] = [...tradeGenres, ...officeGenres, ...readingGenres];
