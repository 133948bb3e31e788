import { z } from 'zod';
import type { SplitCategory } from '../../../src/types/split.ts';
import type { LlmConfig } from '../agent/llmConfig.ts';
import { askModel } from './askModel.ts';
import type { Page } from './page.ts';
import type { PageLabel } from './splitPages.ts';

/** Pages shown to the model at a time. */
const pagesAtOnce = 12;

/** Characters of a page that the model is shown: of its top and of its foot. */
const shown = { top: 1_400, foot: 400 };

const answer = z.object({
  pages: z.array(
    z.object({
      page: z.int().describe('The number of the page.'),
      category: z.string().nullable().describe('The name of a category, or null for none of them.'),
      sure: z.enum(['high', 'medium', 'low']),
    }),
  ),
});

const probability = { high: 0.95, medium: 0.8, low: 0.6 } as const;

/**
 * Has a language model put each page into a category. Resolves to one label per page, `undefined` for a
 * page without text or one that the model passed over.
 *
 * Rejects with `ModelError`, and with the reason of `signal`.
 */
export async function labelPages(
  pages: readonly Page[],
  categories: readonly SplitCategory[],
  model: LlmConfig,
  signal: AbortSignal,
): Promise<readonly (PageLabel | undefined)[]> {
  const labels = new Map<number, PageLabel>();
  const readable = pages.filter(({ text }) => text.trim() !== '');
  for (let at = 0; at < readable.length; at += pagesAtOnce) {
    const part = readable.slice(at, at + pagesAtOnce);
    const { pages: labelled } = await askModel(
      model,
      {
        instructions:
          'A file holds several documents one after the other. Say for each page which category its document belongs to.',
        material: JSON.stringify({
          categories: categories.map(({ name, description }) => ({ name, description })),
          pages: part.map(({ number, text }) => ({ page: number, text: excerpt(text) })),
        }),
        answerName: 'label_pages',
        answer,
      },
      signal,
    );
    for (const { page, category, sure } of labelled) {
      labels.set(page, { category, probability: probability[sure] });
    }
  }
  return pages.map(({ number }) => labels.get(number));
}

function excerpt(text: string): string {
  const dense = text.replace(/[^\S\n]+/g, ' ').replace(/\n\s*\n+/g, '\n');
  return dense.length <= shown.top + shown.foot
    ? dense
    : `${dense.slice(0, shown.top)}\n…\n${dense.slice(-shown.foot)}`;
}
