import { Hono } from 'hono';
import { ApiProblem } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';

/** Operations of the API that this version does not carry out, by resource. */
const operations = {
} as const;

/** Routes that answer 501, so that a client can tell "not here" from "no such route". */
export function notServed(): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  for (const [resource, routes] of Object.entries(operations)) {
    for (const [method, path] of routes) {
      app.on(method, path, () => {
        throw new ApiProblem(
          501,
          `${resource} is not served by this version of the embedded cloud`,
        );
      });
    }
  }
  return app;
}
