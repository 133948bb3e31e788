/** The proxies that the environment names. */
export interface EnvProxies {
  readonly http: string | undefined;
  readonly https: string | undefined;
  /** What is secret in their addresses, as it is written, meant and sent. */
  readonly secrets: readonly string[];
}

/**
 * The proxies of the environment, when Node was told to use them (`NODE_USE_ENV_PROXY=1` or `--use-env-proxy`, as for
 * `fetch`); `undefined` when not, or when it names none. Those in lower case come first.
 *
 * @throws TypeError for an address that cannot be a proxy's, without repeating it.
 */
export function proxyFromEnv(): EnvProxies | undefined {
  if (!isWanted()) {
    return undefined;
  }
  const http = proxyOf('http_proxy');
  const https = proxyOf('https_proxy');
  if (http === undefined && https === undefined) {
    return undefined;
  }
  return { http, https, secrets: [http, https].flatMap(secretsOf) };
}

function isWanted(): boolean {
  const { NODE_USE_ENV_PROXY: variable, NODE_OPTIONS: options = '' } = process.env;
  const flags = [...options.split(/\s/), ...process.execArgv];
  const last = flags.findLast((flag) => /^--(?:no-)?use-env-proxy$/.test(flag));
  return last === undefined ? variable === '1' : last === '--use-env-proxy';
}

function proxyOf(name: string): string | undefined {
  const upper = name.toUpperCase();
  const text = process.env[name] ?? process.env[upper];
  if (text === undefined || text === '') {
    return undefined;
  }
  // The text is not repeated: it may hold a password.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || !/^(?:https?|socks5?):$/.test(url.protocol)) {
    throw new TypeError(
      `connect: the variable ${upper} must be the URL of a proxy, such as http://proxy.example:3128`,
    );
  }
  return text;
}

function secretsOf(text: string | undefined): string[] {
  if (text === undefined) {
    return [];
  }
  const { username, password } = new URL(text);
  const plain = decoded(password);
  const pair = Buffer.from(`${decoded(username)}:${plain}`).toString('base64');
  return [password, plain, ...(username === '' ? [] : [pair])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
