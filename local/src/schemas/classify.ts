import { z } from 'zod';
import { parserLanguage } from './parserLanguage.ts';

/** A job that sorts documents into kinds. */
export const classifyJob = z
  .object({
    id: z.uuid(),
    project_id: z.uuid(),
    user_id: z.string(),
    rules: z
      .array(
        z.object({
          type: z.string().min(1).max(50),
          description: z.string().min(10).max(500),
        }),
      )
      .min(1),
    status: z.enum(['PENDING', 'SUCCESS', 'ERROR', 'PARTIAL_SUCCESS', 'CANCELLED']),
    effective_at: z.string().optional(),
    job_record_id: z.string().nullish(),
    error_message: z.string().nullish(),
    mode: z.enum(['FAST', 'MULTIMODAL']).optional(),
    parsing_configuration: z
      .object({
        lang: parserLanguage.optional(),
        max_pages: z.int().min(1).nullish(),
        target_pages: z.array(z.int().min(0)).min(1).nullish(),
      })
      .optional(),
    created_at: z.string().nullish(),
    updated_at: z.string().nullish(),
  })
  .meta({ id: 'ClassifyJob' });
