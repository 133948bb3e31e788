import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { ApiProblem } from './apiProblem.ts';

/** Lets a request through when its `Authorization` header bears `token`; otherwise 401. */
export function authenticate(token: string): MiddlewareHandler {
  // Digests have one length, so that the comparison takes the same time for every wrong key.
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(token);

  return async function checkBearer(c, next) {
    const given = /^Bearer +(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
    if (!timingSafeEqual(digest(given), expected)) {
      throw new ApiProblem(401, 'Invalid API key');
    }
    await next();
  };
}
