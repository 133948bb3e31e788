/** An operation as the API's reference names it: method, space, path template. */
export type Route = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /api/${string}`;

/** The names in braces of a route template. */
type RouteParamNames<R extends string> = R extends `${string}{${infer Name}}${infer Rest}`
  ? Name | RouteParamNames<Rest>
  : never;

/** The values for the names in braces; must be left out where there are none. */
export type RouteParams<R extends Route> = [RouteParamNames<R>] extends [never]
  ? { readonly params?: never }
  : { readonly params: Readonly<Record<RouteParamNames<R>, string>> };

const notAnId = /^\.{0,2}$|[/\\?#%\s\p{Cc}]/u;

/** A route's method. */
export function methodOf(route: Route): string {
  return route.slice(0, route.indexOf(' '));
}

/**
 * The path and query of one request. Values are percent-encoded; query values that are `null` or
 * `undefined` are left out, arrays repeat their name (`expand=a&expand=b`).
 *
 * @throws TypeError for a path value that is no id: empty, a path (`..`, `a/b`), with a query, encoded already
 *   (`%2e%2e`), with a blank or a control character. Encoded, it would name another resource to a gateway that decodes
 *   once too often.
 */
export function pathOf(
  route: Route,
  params: Readonly<Record<string, string>>,
  query: object,
): string {
  const template = route.slice(route.indexOf(' ') + 1);
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (typeof value !== 'string' || notAnId.test(value)) {
      throw new TypeError(`${route}: ${name} must be an id, got ${JSON.stringify(value)}`);
    }
    return encodeURIComponent(value);
  });
  let search: URLSearchParams | undefined;
  for (const [name, value] of Object.entries(query) as [string, unknown][]) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) {
        search ??= new URLSearchParams();
        search.append(name, String(one));
      }
    }
  }
  return search ? `${path}?${search.toString()}` : path;
}
