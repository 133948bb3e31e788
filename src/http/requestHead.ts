import { type Connection, wireOf } from './connection.ts';
import { checkKind } from '../checks/checkKind.ts';
import type { TokenSource } from './tokenSource.ts';
import { methodOf, pathOf, type Route } from './route.ts';

/** What a request says before its body. */
export interface RequestHead {
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  /** Gives the credentials when it is sent, where they are not among the headers. */
  readonly tokens: TokenSource | undefined;
}

/** The parts of an operation's spec that go into the head. */
export interface RequestHeadSpec {
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly query?: object | undefined;
  readonly headers?: Readonly<Record<string, string | null | undefined>> | undefined;
}

/**
 * Puts together where a request goes and with whose credentials. The connection's project and organization
 * are used unless the query names its own; a `null` in the query sends none.
 *
 * @throws TypeError for a path value that cannot be an id.
 */
export function requestHead(
  connection: Connection,
  route: Route,
  { params = {}, query = {}, headers = {} }: RequestHeadSpec,
): RequestHead {
  const wire = wireOf(connection);
  const scope: Record<string, unknown> = {
    project_id: connection.projectId,
    organization_id: connection.organizationId,
  };
  checkKind(`${route}: the query`, query, 'object');
  checkKind(`${route}: the headers`, headers, 'object');
  for (const [name, value] of Object.entries(query) as [string, unknown][]) {
    if (value !== undefined || !(name in scope)) {
      scope[name] = value;
    }
  }
  return {
    origin: wire.origin,
    method: methodOf(route),
    path: wire.prefix + pathOf(route, params, scope),
    tokens: wire.tokens,
    headers: {
      'user-agent': 'rx-llamacloud',
      ...wire.headers,
      accept: 'application/json',
      ...Object.fromEntries(
        Object.entries(headers).filter(
          (header): header is [string, string] => typeof header[1] === 'string',
        ),
      ),
    },
  };
}
