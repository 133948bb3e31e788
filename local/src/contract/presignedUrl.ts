import { z } from 'zod';

/** A link that gives access to one file for a while. */
export const presignedUrl = z
  .object({
    url: z.string(),
    expires_at: z.string(),
    form_fields: z.record(z.string(), z.string()).nullish(),
  })
  .meta({ id: 'PresignedUrl' });
