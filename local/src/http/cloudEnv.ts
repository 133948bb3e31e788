import type { HttpBindings } from '@hono/node-server';
import type { RequestIdVariables } from 'hono/request-id';

/** What a route of the embedded cloud finds on its context: Node's request and the request id. */
export interface CloudEnv {
  Bindings: HttpBindings;
  Variables: RequestIdVariables;
}
