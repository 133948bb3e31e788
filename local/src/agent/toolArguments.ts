import { z } from 'zod';

/** Arguments of the tool `retrieve`. */
export const retrieveArguments = z.object({
  query: z.string().min(1).describe('What to look for, in plain words.'),
  top_k: z.int().min(1).max(50).optional().describe('Passages to find, at most. 6 if left out.'),
});

/** Arguments of the tool `grep`. */
export const grepArguments = z.object({
  file_id: z.string().describe('The file to search, as a passage names it.'),
  pattern: z.string().min(1).describe('A JavaScript regular expression.'),
  limit: z.int().min(1).max(50).optional().describe('Matches to find, at most. 5 if left out.'),
  context_chars: z
    .int()
    .min(0)
    .max(2000)
    .optional()
    .describe('Characters to show before and after each match. 200 if left out.'),
});

/** Arguments of the tool `read`. */
export const readArguments = z.object({
  file_id: z.string().describe('The file to read, as a passage names it.'),
  offset: z.int().min(0).optional().describe('Where to start, in characters. 0 if left out.'),
  max_length: z
    .int()
    .min(1)
    .max(20_000)
    .optional()
    .describe('Characters to read, at most. 4000 if left out.'),
});

/** What the agent passes to `retrieve`. */
export type RetrieveArguments = z.infer<typeof retrieveArguments>;
/** What the agent passes to `grep`. */
export type GrepArguments = z.infer<typeof grepArguments>;
/** What the agent passes to `read`. */
export type ReadArguments = z.infer<typeof readArguments>;
