import { z } from 'zod';
import { getAttachmentQuery, listAttachmentsQuery } from '../schemas/attachments.ts';
import type { Operations } from './operation.ts';
import { page } from './page.ts';
import { presignedUrl } from './presignedUrl.ts';

const attachment = z
  .object({ name: z.string(), size: z.int(), last_modified: z.string().nullish() })
  .meta({ id: 'Attachment' });

const collection = '/api/v1/beta/attachments';

/** Operations on what belongs to files. The service has them since a later date than the others. */
export const attachments = {
  listAttachments: {
    route: `GET ${collection}`,
    summary: 'List the screenshots of the pages of a file',
    query: listAttachmentsQuery,
    status: 200,
    answer: page(attachment),
  },
  getAttachment: {
    route: `GET ${collection}/{attachment_name}`,
    summary: 'Get a link to the screenshot of a page',
    query: getAttachmentQuery,
    status: 200,
    answer: presignedUrl,
  },
} satisfies Operations;
