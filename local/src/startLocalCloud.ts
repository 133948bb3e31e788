import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { createAgentThreads } from './agent/agentThreads.ts';
import { llmConfigFrom } from './agent/llmConfig.ts';
import type { Traffic } from './app.ts';
import { createApp } from './app.ts';
import { createScreenshots } from './attachments/screenshots.ts';
import type { Clock } from './clock.ts';
import { createClock } from './clock.ts';
import type { CloudContext } from './cloudContext.ts';
import { createParserPool } from './documents/parserPool.ts';
import type { FaultRule } from './faults/fault.ts';
import type { Faults } from './faults/faultRules.ts';
import { createFaultRules } from './faults/faultRules.ts';
import { withFaults } from './faults/withFaults.ts';
import { keyCheck } from './http/keyCheck.ts';
import { createPresignedUrls } from './http/presignedUrls.ts';
import { largestUpload as serviceLimit } from './http/receiveUpload.ts';
import { createBatchRunner } from './jobs/batchRunner.ts';
import { createDocumentReader } from './jobs/documentReader.ts';
import { createIndexBuilder } from './jobs/indexBuilder.ts';
import { createIndexWriter } from './jobs/indexWriter.ts';
import { createGrep } from './retrieval/grepFile.ts';
import { createReaderPool } from './retrieval/readerPool.ts';
import { statusPaths } from './routes/status.ts';
import { createSheetsRunner } from './sheets/sheetsRunner.ts';
import { createSplitRunner } from './split/splitRunner.ts';
import { createRequestLog } from './status/requestLog.ts';
import { openBlobs } from './store/blobs.ts';
import { cloudSchema } from './store/cloudSchema.ts';
import type { DataFolderConfig } from './store/dataFolder.ts';
import { openDataFolder } from './store/dataFolder.ts';
import { openDatabase } from './store/openDatabase.ts';
import { openSearchDatabase } from './store/openSearchDatabase.ts';
import { setting } from './store/settings.ts';
import { createStorageGate, type StoragePatience } from './work/storageGate.ts';
import type { WebhookPatience } from './webhooks/webhookSender.ts';
import { createWebhookSender } from './webhooks/webhookSender.ts';

export type { Fault, FaultRule } from './faults/fault.ts';

/** How {@link startLocalCloud} is set up. */
export interface LocalCloudConfig extends Traffic, DataFolderConfig {
  /** Port to listen on; 0 takes any free one. @defaultValue `0` */
  readonly port?: number | undefined;
  /** Address to listen on. @defaultValue `'127.0.0.1'`, which only this machine can reach */
  readonly host?: string | undefined;
  /**
   * Names under which the cloud may be asked where it listens to this machine alone, beside those of `localhost`, without
   * a port: of a proxy on this machine, for one. @defaultValue none
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** API key that requests must bear: printable ASCII without blanks. @defaultValue made up once per data folder and kept there */
  readonly token?: string | undefined;
  /** Largest upload, in bytes. @defaultValue 512 MiB */
  readonly largestUpload?: number | undefined;
  /** Resident memory that the process which reads a document may take, in bytes. @defaultValue 1.5 GiB */
  readonly readerMemory?: number | undefined;
  /** How patient the cloud is with the webhooks of jobs. */
  readonly webhooks?: WebhookPatience | undefined;
  /** How long work in the background waits before it tries again where storage fails. */
  readonly storage?: StoragePatience | undefined;
  /** What goes wrong from the start on; see {@link LocalCloud.faults}. @defaultValue nothing */
  readonly faults?: readonly FaultRule[] | undefined;
}

/** A running cloud. */
export interface LocalCloud {
  /** Where it answers: the base URL to give a client. */
  readonly url: string;
  readonly port: number;
  /** The API key that it accepts. */
  readonly token: string;
  /** Lets answers fail, to see what a client makes of it. */
  readonly faults: Faults;
  /** Lets time pass. */
  readonly clock: Clock;
  /**
   * Stops it. Requests under way get two seconds to finish; jobs under way are stopped and
   * go on when a cloud is started on the same folder again.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Time that requests under way have to finish on `close()`, in milliseconds. */
const grace = 2_000;

/**
 * Starts an embedded LlamaCloud. Resolves once it answers requests.
 *
 * Rejects when the key is empty or cannot be sent, when the port is taken, and when the folder cannot be used or another cloud uses it.
 *
 * @example A cloud for one test
 * ```ts
 * await using cloud = await startLocalCloud();
 * const connection = connect({ baseUrl: cloud.url, token: cloud.token });
 * ```
 */
export async function startLocalCloud(config: LocalCloudConfig = {}): Promise<LocalCloud> {
  const clock = createClock();
  const faults = createFaultRules(config.faults);
  const { port = 0, host = '127.0.0.1', allowedHosts = [], largestUpload = serviceLimit } = config;
  const given = config.token === undefined ? undefined : keyCheck(config.token);
  // What was opened is undone in reverse order, on close and on a start that fails halfway.
  await using opened = new AsyncDisposableStack();

  const { path: folder, cloudFile, searchFile } = opened.use(await openDataFolder(config));
  const database = openDatabase(cloudFile, cloudSchema, clock);
  opened.defer(() => {
    // SQLite keeps the file open until the last statement is gone, and the store keeps them all.
    database.sql.clear();
    database.db.close();
  });
  const token =
    config.token ??
    setting(database, 'token', () => `llx-${randomBytes(24).toString('base64url')}`);

  const search = openSearchDatabase(searchFile);
  opened.defer(() => search.close());

  const closing = new AbortController();
  const work = new Set<Promise<unknown>>();
  const background = (promise: Promise<unknown>): void => {
    const settled = promise
      .catch((cause: unknown) => report(cause, closing.signal))
      .finally(() => {
        work.delete(settled);
      });
    work.add(settled);
  };
  opened.defer(async () => {
    await Promise.allSettled(work);
  });

  const writer = createIndexWriter({ cloudFile, searchFile });
  opened.defer(() => writer.close());
  const grep = createGrep();
  opened.defer(() => grep.close());
  const agentThreads = createAgentThreads({ searchFile });
  opened.defer(() => agentThreads.close());
  const readers = createReaderPool(searchFile);
  opened.defer(() => readers.close());
  const parsers = createParserPool({ memory: config.readerMemory });
  opened.defer(() => parsers.close());

  const blobs = await openBlobs(join(folder, 'files'));
  const reader = createDocumentReader(database, blobs, parsers);
  const model = llmConfigFrom(process.env);
  const gate = createStorageGate(config.storage);
  const parts = {
    database,
    search,
    blobs,
    reader,
    model,
    writer,
    gate,
    webhooks: createWebhookSender({
      database,
      gate,
      patience: config.webhooks,
      closing: closing.signal,
      background,
    }),
    closing: closing.signal,
    background,
  };
  const context: CloudContext = {
    ...parts,
    batchRunner: createBatchRunner(parts),
    indexBuilder: createIndexBuilder(parts),
    sheetsRunner: createSheetsRunner({ ...parts, folder: join(folder, 'sheets') }),
    splitRunner: createSplitRunner(parts),
    grep,
    agentThreads,
    readers,
    screenshots: createScreenshots({ ...parts, parsers }),
    presignedUrls: createPresignedUrls(
      setting(database, 'presign_secret', () => randomBytes(32).toString('base64url')),
      clock,
    ),
    clock,
    requestLog: createRequestLog(30, statusPaths),
    defaultProject: setting(database, 'project_id', randomUUID),
    largestUpload,
  };

  const bearsKey = given ?? keyCheck(token);
  const { fetch } = createApp(context, { bearsKey, host, allowedHosts }, config);
  // The globals of the process that embeds the cloud stay its own.
  const answer = getRequestListener(withFaults(fetch, faults, bearsKey, closing.signal), {
    overrideGlobalObjects: false,
  });
  const server = createServer((incoming, outgoing) => {
    context.requestLog.watch(incoming, outgoing);
    // Close waits for answers whose connection was cut, which still use the stores.
    background(Promise.resolve(answer(incoming, outgoing)));
  });
  server.listen(port, host);
  await once(server, 'listening');
  opened.defer(() => shut(server));
  opened.defer(() => closing.abort());

  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error(`Listening on ${host} gave no port but ${String(address)}`);
  }
  // Jobs and builds that the last process left unfinished go on.
  context.batchRunner.wake();
  context.indexBuilder.wake();
  context.sheetsRunner.wake();
  context.splitRunner.wake();

  const running = opened.move();
  const close = () => running.disposeAsync();
  const hostname = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${hostname}:${address.port}`,
    port: address.port,
    token,
    faults,
    clock,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Closes the server; connections that are still open after the grace period are cut. */
async function shut(server: Server): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), grace);
  try {
    const closed = once(server, 'close');
    server.close();
    await closed;
  } finally {
    clearTimeout(timer);
  }
}

/** Says on stderr why work in the background ended; on close that is no surprise. */
function report(cause: unknown, closing: AbortSignal): void {
  if (!closing.aborted) {
    const what = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    process.stderr.write(`Background work failed: ${what}\n`);
  }
}
