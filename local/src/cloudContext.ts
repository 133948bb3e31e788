import type { DatabaseSync } from 'node:sqlite';
import type { AgentThreads } from './agent/agentThreads.ts';
import type { Screenshots } from './attachments/screenshots.ts';
import type { Clock } from './clock.ts';
import type { PresignedUrls } from './http/presignedUrls.ts';
import type { BatchRunner } from './jobs/batchRunner.ts';
import type { IndexBuilder } from './jobs/indexBuilder.ts';
import type { Grep } from './retrieval/grepFile.ts';
import type { ReaderPool } from './retrieval/readerPool.ts';
import type { SheetsRunner } from './sheets/sheetsRunner.ts';
import type { SplitRunner } from './split/splitRunner.ts';
import type { RequestLog } from './status/requestLog.ts';
import type { Blobs } from './store/blobs.ts';
import type { Database } from './store/openDatabase.ts';
import type { StorageGate } from './work/storageGate.ts';

/** What the routes work with; one per running cloud. */
export interface CloudContext {
  /** The cloud's own records: directories, files, jobs, indexes, chat sessions. */
  readonly database: Database;
  /** The search data of all indexes, for reading: another thread writes it. */
  readonly search: DatabaseSync;
  /** The content of files. */
  readonly blobs: Blobs;
  readonly presignedUrls: PresignedUrls;
  readonly batchRunner: BatchRunner;
  readonly indexBuilder: IndexBuilder;
  readonly sheetsRunner: SheetsRunner;
  readonly splitRunner: SplitRunner;
  readonly grep: Grep;
  /** Where the agent without a language model works. */
  readonly agentThreads: AgentThreads;
  /** Finds passages, in threads of their own. */
  readonly readers: ReaderPool;
  readonly screenshots: Screenshots;
  /** The time by which links expire and rate limits are kept. */
  readonly clock: Clock;
  /** The last requests, as the status page shows them. */
  readonly requestLog: RequestLog;
  /** Project of a request that names none. */
  readonly defaultProject: string;
  /** Largest upload, in bytes. */
  readonly largestUpload: number;
  /** Where work in the background waits while storage fails. */
  readonly gate: StorageGate;
  /** Aborted when the cloud closes: stop what runs. */
  readonly closing: AbortSignal;
  /**
   * Hands over work that goes on after its request is answered. The cloud waits for it when
   * it closes; a rejection is reported on stderr and ends nothing else.
   */
  readonly background: (work: Promise<unknown>) => void;
}
