/** Where the links may lead that the API hands out. */
export interface PresignedConfig {
  /**
   * The hosts that links may point to, with the port where it is not the usual one: `files.example.com`, or
   * `*.example.com` for every host below a domain. The API's own host need not be named. @defaultValue every host
   */
  readonly hosts?: readonly string[] | undefined;
  /**
   * Refuses links to a host whose address is not a public one: that of a private network, of the metadata service of
   * a cloud, of this machine unless the API is on it. What is looked at is the address that is connected to, so a name
   * that changes its address changes nothing. The API's own address is exempt. @defaultValue `false`
   */
  readonly publicOnly?: boolean | undefined;
}

/** Which links are followed. */
export interface LinkPolicy {
  /** The API's own origin, where links may always lead. */
  readonly origin: string;
  /** Whether the API is on this machine. */
  readonly local: boolean;
  readonly publicOnly: boolean;
  /** Whether the hosts that were named include this one, given as `URL.host` has it. */
  readonly includes: (host: string) => boolean;
}

/** Makes the policy of a connection to `api`. @throws TypeError for what is no host, without repeating it. */
export function linkPolicy(
  api: URL,
  { hosts, publicOnly = false }: PresignedConfig = {},
): LinkPolicy {
  const named = hosts?.map(parseHost);
  return {
    origin: api.origin,
    local: isLoopback(api.hostname),
    publicOnly,
    includes: (host) =>
      named?.some((one) => (one.startsWith('*.') ? host.endsWith(one.slice(1)) : host === one)) ??
      true,
  };
}

/** Whether a host, as `URL.hostname` has it, is this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** As `URL.host` would have it, so that case, international names and the usual port are no matter. */
function parseHost(text: string, index: number): string {
  const wildcard = text.startsWith('*.') ? '*.' : '';
  const rest = text.slice(wildcard.length);
  const url = URL.canParse(`https://${rest}`) ? new URL(`https://${rest}`) : undefined;
  if (!url || /[/?#@*\s\\]/.test(rest)) {
    throw new TypeError(
      `connect: presigned.hosts[${index}] must look like files.example.com or *.example.com`,
    );
  }
  return wildcard + url.host;
}
