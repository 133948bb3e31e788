import { DatabaseSync } from 'node:sqlite';
import type { AgentTools } from '../../src/agent/agentTools.ts';
import { createIndexTools } from '../../src/agent/indexTools.ts';
import { chunkDocument } from '../../src/retrieval/chunkDocument.ts';
import { createGrep } from '../../src/retrieval/grepFile.ts';
import { loadVectorExtension } from '../../src/retrieval/loadVectorExtension.ts';
import { retrieve } from '../../src/retrieval/retrieve.ts';
import { putFile } from '../../src/retrieval/searchIndex.ts';
import { searchSchema } from '../../src/retrieval/searchSchema.ts';
import { trainIndex } from '../../src/retrieval/trainIndex.ts';

/** The texts of an index: the pages of each file, by the file's name, which is its id too. */
export type IndexedTexts = Readonly<Record<string, readonly string[]>>;

/** The agent's tools over trained indexes of these texts, one index for each argument. */
export function indexedTools(...indexes: readonly IndexedTexts[]): AgentTools & AsyncDisposable {
  const db = new DatabaseSync(':memory:', { allowExtension: true });
  loadVectorExtension(db);
  db.exec(searchSchema);
  const indexIds = indexes.map((texts, at) => {
    const indexId = `idx-${at}`;
    for (const [name, pages] of Object.entries(texts)) {
      const parsed = pages.map((text, page) => ({ number: page + 1, text, needsOcr: false }));
      const file = { id: name, name, content_hash: '', metadata: {}, ...chunkDocument(parsed) };
      putFile(db, indexId, file);
    }
    trainIndex(db, indexId);
    return indexId;
  });
  const grep = createGrep();
  return {
    ...createIndexTools({
      db,
      readers: {
        // In this thread, for the database is in memory.
        retrieve: (indexId, params) => Promise.resolve(retrieve(db, indexId, params)),
      },
      indexIds,
      grep,
    }),
    async [Symbol.asyncDispose]() {
      await grep.close();
      db.close();
    },
  };
}
