import { lookup } from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';
import type { LinkError } from '../errors.ts';
import { linkError } from './presignedAddress.ts';

/**
 * What is not out on the internet, after IANA's registries of special-purpose addresses (RFC 6890), but for loopback.
 * BlockList finds the IPv4 ones in their IPv6 notation, too.
 */
const ranges: readonly [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  // Link-local; 169.254.169.254 tells programs in a cloud their credentials.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  // NAT64 of a network's own: it leads to IPv4 addresses that this list would name.
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];
const loopback: typeof ranges = [
  ['127.0.0.0', 8],
  ['::1', 128],
];

const blocked = { elsewhere: blockList(ranges), local: blockList([...ranges, ...loopback]) };

/**
 * The `LinkError` of the kind `refused` for an address that is not a public one; `undefined` for one that is.
 *
 * @param localToo - Whether the addresses of this machine count as public.
 */
export function notPublic(host: string, address: string, localToo: boolean): LinkError | undefined {
  const list = localToo ? blocked.elsewhere : blocked.local;
  // A zone (`%eth0`) is had by link-local addresses alone, and BlockList does not read it.
  if (!address.includes('%') && !list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) {
    return undefined;
  }
  return linkError(
    'refused',
    `${host} has the address ${address}, which is not a public one (presigned.publicOnly)`,
  );
}

/** The system's `lookup`, with an error for a name that has an address that is not public, even among others. */
export function publicLookup(localToo: boolean): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, []);
        return;
      }
      const refusal = addresses
        .map(({ address }) => notPublic(host, address, localToo))
        .find((found) => found !== undefined);
      const [first] = addresses;
      if (refusal) {
        callback(refusal, []);
      } else if (options.all || !first) {
        callback(null, addresses);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}

function blockList(subnets: typeof ranges): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) {
    list.addSubnet(network, prefix, isIPv6(network) ? 'ipv6' : 'ipv4');
  }
  return list;
}
