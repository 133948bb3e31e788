import { connect, type Connection } from '../../src/http/connection.ts';
import { type Answerer, json, startServer, type TestServer } from './server.ts';

/** What {@link startStorage} accepts. */
export interface StorageConfig {
  /** Answers a request for the file in its place, where it returns true. `n` counts from 1. */
  readonly instead?: (n: number, ...given: Parameters<Answerer>) => boolean;
  /** @defaultValue 64 MiB */
  readonly maxResponseBytes?: number;
}

/** A server of one file that gives parts of it, and of the links to it. */
export interface Storage extends TestServer {
  readonly connection: Connection;
  /** The links that were handed out, and the ranges of the file that were asked for. */
  readonly log: { links: number; readonly ranges: string[] };
}

/** Starts a storage for `file`, behind the links of every region of every sheets job. */
export async function startStorage(file: Uint8Array, config: StorageConfig = {}): Promise<Storage> {
  const log: Storage['log'] = { links: 0, ranges: [] };
  const server = await startServer((request, response, raw) => {
    if (request.url.startsWith('/api/')) {
      log.links += 1;
      const url = `${server.url}/file?link=${log.links}`;
      json(response, { url, expires_at: '2099-01-01T00:00:00Z' });
      return;
    }
    const range = request.headers.range ?? '';
    log.ranges.push(range);
    if (config.instead?.(log.ranges.length, request, response, raw)) {
      return;
    }
    const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
    const start = first === '' ? Math.max(0, file.byteLength - Number(last)) : Number(first);
    const end = first === '' ? file.byteLength : Number(last) + 1;
    response.writeHead(206, {
      'content-range': `bytes ${start}-${end - 1}/${file.byteLength}`,
      'content-length': end - start,
    });
    response.end(file.subarray(start, end));
  });
  const { maxResponseBytes } = config;
  const connection = connect({
    token: 'llx-test',
    baseUrl: server.url,
    retry: { attempts: 2, maxDelay: 1 },
    maxResponseBytes,
  });
  return { ...server, connection, log };
}
