import { pageQuery, queryText, scopeQuery } from './query.ts';

/** Query of `GET /api/v1/beta/attachments`. */
export const listAttachmentsQuery = pageQuery.extend({ source_id: queryText });

/** Query of `GET /api/v1/beta/attachments/{attachment_name}`. */
export const getAttachmentQuery = scopeQuery.extend({ source_id: queryText });
