import type { MiddlewareHandler } from 'hono';
import type { KeyCheck } from './keyCheck.ts';
import { ApiProblem } from './apiProblem.ts';

/** Lets a request through when its `Authorization` header bears the key; otherwise 401. */
export function authenticate(bearsKey: KeyCheck): MiddlewareHandler {
  return async function checkBearer(c, next) {
    if (!bearsKey(c.req.header('authorization'))) {
      throw new ApiProblem(401, 'Invalid API key');
    }
    await next();
  };
}
