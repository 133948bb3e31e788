import { Hono } from 'hono';
import { screenshotName, screenshotPage } from '../attachments/screenshotName.ts';
import type { CloudContext } from '../cloudContext.ts';
import { notFound } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import { pageAt, toPage } from '../http/page.ts';
import { readQuery } from '../http/validate.ts';
import { getAttachmentQuery, listAttachmentsQuery } from '../schemas/attachments.ts';
import { findScreenshotSource, type ScreenshotSource } from '../store/pageScreenshots.ts';

const collection = '/api/v1/beta/attachments';

/** Most attachments of one answer, since each has to be made to know its size. */
const largestPage = 20;

/**
 * Routes of the attachments of files: screenshots of their pages, made when they are asked for.
 *
 * The reference only points to them. The shapes are those of the service's later clients; when an
 * attachment is made, and that a file without any has an empty list, is inferred.
 */
export function attachments({
  database,
  screenshots,
  presignedUrls,
}: CloudContext): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  const requireSource = (id: string, project: string | undefined): ScreenshotSource => {
    const source = findScreenshotSource(database, id, project ?? null);
    if (source === undefined) {
      throw notFound('File', id);
    }
    return source;
  };

  app.get(collection, async (c) => {
    const {
      source_id,
      project_id,
      page_size = largestPage,
      page_token,
    } = readQuery(c, listAttachmentsQuery);
    const source = requireSource(source_id, project_id);
    const list = `attachments:${source_id}`;
    const start = pageAt(list, { page_size: Math.min(page_size, largestPage), page_token });
    const pages = await screenshots.pagesOf(source);
    const rows = pages.filter((page) => page > start.after).slice(0, start.limit);
    const { items, ...rest } = toPage(
      list,
      start,
      rows,
      (page) => page,
      (page) => page,
    );
    const found = await screenshots.of(source, items);
    return c.json({
      items: found.map(({ page, size, createdAt }) => ({
        name: screenshotName(page),
        size,
        last_modified: createdAt,
      })),
      ...rest,
    });
  });

  // The name has a slash, which some clients encode and others do not.
  app.get(`${collection}/:attachment_name{.+}`, async (c) => {
    const { source_id, project_id } = readQuery(c, getAttachmentQuery);
    const source = requireSource(source_id, project_id);
    const name = c.req.param('attachment_name');
    const page = screenshotPage(name);
    const pages = page === undefined ? [] : await screenshots.pagesOf(source);
    const [found] = await screenshots.of(
      source,
      pages.filter((each) => each === page),
    );
    if (found === undefined) {
      throw notFound(`Of file ${source_id}, attachment`, name);
    }
    return c.json(presignedUrls.create(new URL(c.req.url).origin, found.fileId));
  });

  return app;
}
