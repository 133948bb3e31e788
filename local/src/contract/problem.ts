import { z } from 'zod';

/** A refusal in one sentence. */
export const problem = z.object({ detail: z.string() }).meta({ id: 'Problem' });

/** A refusal of values in the request: where they are, and what is wrong with them. */
export const validationProblem = z
  .object({
    detail: z.array(
      z.object({
        type: z.string(),
        loc: z.array(z.union([z.string(), z.int()])),
        msg: z.string(),
        input: z.unknown().optional(),
      }),
    ),
  })
  .meta({ id: 'ValidationProblem' });
