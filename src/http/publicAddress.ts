import { lookup } from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';
import type { LinkError } from '../errors.ts';
import { linkError } from './presignedAddress.ts';

type Subnet = readonly [network: string, prefix: number];

const loopback: readonly Subnet[] = [
  ['127.0.0.0', 8],
  ['::1', 128],
];

/**
 * What is not out on the internet, after IANA's registries of special-purpose addresses (RFC 6890), but for loopback.
 * BlockList finds the IPv4 ones in their IPv6 notation, too.
 */
const special: readonly Subnet[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  // Link-local; 169.254.169.254 tells programs in a cloud their credentials.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // IPv4 addresses in the forms of old: by themselves (RFC 4291, 2.5.5.1), translated (RFC 2765), and in tunnels (Teredo
  // in 2001::/23, 6to4 in 2002::/16). They lead past this list to what it names.
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['2001::', 23],
  ['2002::', 16],
  // NAT64 of a network's own, for the same reason.
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['100:0:0:1::', 64],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

// In a network without IPv4 this is how the public IPv4 addresses are reached (RFC 6052), so only the others are refused.
const throughNat64 = [...special, ...loopback]
  .filter(([network]) => !isIPv6(network))
  .map(([network, prefix]): Subnet => [`64:ff9b::${network}`, 96 + prefix]);

const local = blockList(loopback);
const elsewhere = blockList([...special, ...throughNat64]);

/**
 * The `LinkError` of the kind `refused` for an address that is not a public one; `undefined` for one that is.
 *
 * @param localToo - Whether the addresses of this machine count as public.
 */
export function notPublic(host: string, address: string, localToo: boolean): LinkError | undefined {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  // A zone (`%eth0`) is had by link-local addresses alone, and BlockList does not read it.
  const isPublic =
    !address.includes('%') &&
    (local.check(address, family) ? localToo : !elsewhere.check(address, family));
  return isPublic
    ? undefined
    : linkError(
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

function blockList(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) {
    list.addSubnet(network, prefix, isIPv6(network) ? 'ipv6' : 'ipv4');
  }
  return list;
}
