import { readdirSync, readlinkSync } from 'node:fs';

/** How many resources of each kind are open: sockets, servers, file reads, file descriptors. Timers are another matter. */
export type OpenResources = ReadonlyMap<string, number>;

/** What this process holds open now. */
export function openResources(): OpenResources {
  const counts = new Map<string, number>();
  const active = process
    .getActiveResourcesInfo()
    .filter((kind) => !/^(Timeout|Immediate)$/.test(kind));
  const kinds = [...active, ...descriptors()];
  for (const kind of kinds) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** What is open beyond a baseline, as `2 TCPSocketWrap`. */
export function surplus(baseline: OpenResources, now: OpenResources = openResources()): string[] {
  return [...now].flatMap(([kind, count]) => {
    const more = count - (baseline.get(kind) ?? 0);
    return more > 0 ? [`${more} ${kind}`] : [];
  });
}

/** The file descriptors of sockets and files; those of the event loop itself are nobody's to close. */
function descriptors(): string[] {
  if (process.platform !== 'linux') {
    return [];
  }
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      if (target.startsWith('socket:')) {
        return ['socket descriptor'];
      }
      return isFile(target) ? [`descriptor of ${target}`] : [];
    } catch {
      // The descriptor of the listing itself, which is closed by now.
      return [];
    }
  });
}

/** Not the embedded cloud's databases: SQLite lets go of them when their statements are collected. */
function isFile(target: string): boolean {
  return target.startsWith('/') && !/^\/proc\/|\.db(-\w+)?( \(deleted\))?$/.test(target);
}
