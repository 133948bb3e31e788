import { Hono } from 'hono';
import type { CloudContext } from '../cloudContext.ts';
import { ApiProblem, notFound } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import { sendFile } from '../http/sendFile.ts';
import { findFile } from '../store/files.ts';

/** `GET /files/{file_id}`: a stored file's content, behind a presigned URL instead of a key. */
export function files({ database, blobs, presignedUrls }: CloudContext): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  app.get('/files/:file_id', (c) => {
    const id = c.req.param('file_id');
    const { expires = '', signature = '' } = c.req.query();
    const refusal = presignedUrls.refusal(id, expires, signature);
    if (refusal !== undefined) {
      throw new ApiProblem(403, refusal);
    }
    const file = findFile(database, id);
    if (file === undefined) {
      throw notFound('File', id);
    }
    return sendFile(c, {
      path: blobs.path(file.sha256),
      size: file.size,
      etag: `"${file.sha256}"`,
      headers: {
        'content-type': file.name.endsWith('.png') ? 'image/png' : 'application/octet-stream',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
        // What is stored is somebody's upload: a browser must take it for nothing but what we say.
        'x-content-type-options': 'nosniff',
      },
    });
  });

  return app;
}
