import { Hono } from 'hono';
import type { CloudEnv } from '../http/cloudEnv.ts';

/**
 * Routes of the API's description, without a key: `GET /openapi.json` for programs, `GET /docs`
 * for people. Both are made at the first request, so that the start does not wait for them.
 */
export function documentation(): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  app.get('/openapi.json', async (c) => {
    const { openApiDocument } = await import('../contract/openApiDocument.ts');
    return c.json(openApiDocument);
  });

  app.get('/docs', async (c) => {
    const { docsPage } = await import('../contract/docsPage.ts');
    return c.html(docsPage);
  });

  return app;
}
