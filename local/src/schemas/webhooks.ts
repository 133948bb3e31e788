import { z } from 'zod';

/** Where, and of what, a job reports by itself. */
export const webhookConfiguration = z.object({
  webhook_url: z.string().nullish(),
  webhook_headers: z.record(z.string(), z.string()).nullish(),
  webhook_events: z
    .array(
      z.enum([
        'extract.pending',
        'extract.success',
        'extract.error',
        'extract.partial_success',
        'extract.cancelled',
        'parse.pending',
        'parse.running',
        'parse.success',
        'parse.error',
        'parse.partial_success',
        'parse.cancelled',
        'classify.pending',
        'classify.success',
        'classify.error',
        'classify.partial_success',
        'classify.cancelled',
        'unmapped_event',
      ]),
    )
    .nullish(),
  webhook_output_format: z.string().nullish(),
  webhook_signing_secret: z.string().nullish(),
});
