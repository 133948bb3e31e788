import type { MiddlewareHandler } from 'hono';
import { ApiProblem } from './apiProblem.ts';

/** The names of this machine for itself. */
const loopbackName =
  /^(localhost|[\w-]+\.localhost|127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:127\.\d+\.\d+\.\d+\])$/i;

/** Whether a name or address to listen on is for this machine alone. */
export function isLoopback(host: string): boolean {
  return loopbackName.test(host.includes(':') ? `[${host}]` : host);
}

/**
 * Answers 403 to requests under a name that is not this machine's own, where only this machine is listened to: a page of
 * another site can have its name resolved to the address here, and its requests would come from a browser of this machine.
 *
 * @param host - The address that is listened on. One that others can reach may have any name.
 * @param allowed - Further names, without a port.
 */
export function checkHost(host: string, allowed: readonly string[]): MiddlewareHandler {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  const isGuarded = isLoopback(host);
  return async function checkName(c, next) {
    const name = (c.req.header('host') ?? '').replace(/:\d+$/, '');
    if (isGuarded && !loopbackName.test(name) && !names.has(name.toLowerCase())) {
      throw new ApiProblem(
        403,
        'This cloud answers under localhost only. To reach it by another name, allow that name with --allow-host',
      );
    }
    await next();
  };
}
