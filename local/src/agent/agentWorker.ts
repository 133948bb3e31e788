/** The thread in which the extractive agent answers: one {@link AgentTask} after the other. */

import { parentPort, workerData } from 'node:worker_threads';
import type { ChatEvent } from '../../../src/types/chat.ts';
import type { RetrievedChunk } from '../../../src/types/retrieval.ts';
import { createGrep } from '../retrieval/grepFile.ts';
import { retrieve, type RetrieveParams } from '../retrieval/retrieve.ts';
import { openSearchDatabase } from '../store/openSearchDatabase.ts';
import { extractiveAgent } from './extractiveAgent.ts';
import { createIndexTools } from './indexTools.ts';
import type { TurnMeter } from './turnMeter.ts';

/** What the thread works with. */
export interface AgentWorkerData {
  readonly searchFile: string;
}

/** A message to the agent. */
export interface AgentTask {
  readonly question: string;
  /** What was said in the turns before this one, oldest first. */
  readonly history: readonly ChatEvent[];
  /** The indexes that are searched. */
  readonly indexIds: readonly string[];
}

/** An event of the turn, or as the last message what it took, with why it broke off if it did. */
export type AgentMessage =
  | { readonly event: ChatEvent }
  | { readonly meter: TurnMeter; readonly failure: string | undefined };

const { searchFile } = workerData as AgentWorkerData;
const db = openSearchDatabase(searchFile);
const grep = createGrep();
// This is a thread already: another one to ask would only make it wait.
const readers = {
  retrieve: (indexId: string, params: RetrieveParams) =>
    new Promise<RetrievedChunk[]>((resolve) => {
      resolve(retrieve(db, indexId, params));
    }),
};

async function answer({ question, history, indexIds }: AgentTask): Promise<void> {
  const post = (message: AgentMessage): void => parentPort?.postMessage(message);
  const meter: TurnMeter = { turns: 0, inputTokens: 0, outputTokens: 0 };
  let failure: string | undefined;
  try {
    const tools = createIndexTools({ db, readers, indexIds, grep });
    for await (const event of extractiveAgent({ question, history, tools }, meter)) {
      post({ event });
    }
  } catch (cause) {
    failure = cause instanceof Error ? cause.message : String(cause);
  }
  post({ meter, failure });
}

parentPort?.on('message', (task: AgentTask) => void answer(task));
// Before any task: it has started.
parentPort?.postMessage(undefined);
