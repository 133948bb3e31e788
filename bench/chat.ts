/**
 * How well the extractive agent answers: `node bench/chat.ts [folder of documents]`.
 *
 * Three corpora: the documents of the folder, `../shared/data/documents` by default, the guides of
 * this repository, and the documentation of undici that npm has installed. A question counts as a hit when the answer
 * quotes one of the expected strings (from the expected page where one is given), and, where none
 * is expected, when the agent says that nothing answers.
 */

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AgentTools } from '../local/src/agent/agentTools.ts';
import { extractiveAgent } from '../local/src/agent/extractiveAgent.ts';
import { createIndexTools } from '../local/src/agent/indexTools.ts';
import { type Agent, runTurn } from '../local/src/agent/runTurn.ts';
import { parseDocument } from '../local/src/documents/parseDocument.ts';
import { chunkDocument } from '../local/src/retrieval/chunkDocument.ts';
import { createGrep } from '../local/src/retrieval/grepFile.ts';
import { loadVectorExtension } from '../local/src/retrieval/loadVectorExtension.ts';
import { retrieve } from '../local/src/retrieval/retrieve.ts';
import { putFile } from '../local/src/retrieval/searchIndex.ts';
import { searchSchema } from '../local/src/retrieval/searchSchema.ts';
import { trainIndex } from '../local/src/retrieval/trainIndex.ts';

/** A question, and what its answer must quote; no expectation means that nothing answers it. */
type Question = readonly [text: string, expected?: RegExp, source?: RegExp];

const paper = /attention_is_all_you_need\.pdf, page 1,/;
const receipt = /noisebridge_receipt\.pdf, page 1,/;

const documentQuestions: readonly Question[] = [
  ['What BLEU score does the big Transformer reach on English-to-German?', /28\.4/, paper],
  ['What BLEU score does the big model achieve on English-to-French?', /41\.0/, paper],
  ['How long did training take?', /3\.5 days on 8 P100/, paper],
  ['What dropout rate was used for the base model?', /Pdrop = 0\.1/, paper],
  ['Why is label smoothing used?', /improves accuracy and BLEU/, paper],
  ['Which beam size was used?', /beam size of 4/, paper],
  ['How many checkpoints were averaged for the big models?', /last 20 checkpoints/, paper],
  ['What is the training cost of the GNMT + RL ensemble?', /1\.8 · 1020/, paper],
  ['Where is dropout applied?', /output of each sub-layer/, paper],
  ['How much was paid to Noisebridge?', /\$10\.00/, receipt],
  ['When was the receipt paid?', /July 19, 2024/, receipt],
  ['What is the invoice number?', /87B37C9-0152/, receipt],
  // The PDF of the folder is one page of the paper, and this is not on it.
  ['What is multi-head attention?'],
  ['What is the capital of Mongolia?'],
  ['Who painted the Mona Lisa?'],
  ['How much did the GPUs cost?'],
];

const guideQuestions: readonly Question[] = [
  ['How large may an upload be?', /512 MiB/, /embedded-cloud\.md/],
  ['How long may regular expressions run?', /one second/, /embedded-cloud\.md/],
  ['What happens when the port is taken?', /exit status 1/, /embedded-cloud\.md/],
  ['How many characters may a prompt have?', /1,000 characters/, /chat\.md/],
  ['Why is a message not sent again?', /second message/, /chat\.md/],
  ['Does the embedded cloud have OCR?', /has no OCR/, /embedded-cloud\.md/],
  ['How are indexes built?', /file by file/, /embedded-cloud\.md/],
  ['Which documents are read?', /PDF, DOCX/, /embedded-cloud\.md/],
  ['What does chatText do?', /pieces/, /chat\.md/],
  ['Who founded LlamaIndex?'],
  ['How much does a licence cost?'],
];

const manualQuestions: readonly Question[] = [
  ['What is the default value of maxRetries?', /\*\*Default:\*\* `5`/, /RetryHandler\.md/],
  ['How does RetryHandler treat the Retry-After header?', /Retry-After/, /RetryHandler\.md/],
  ['Why does the retry handler not retry streams?', /stateful bodies/, /RetryHandler\.md/],
  ['Which status codes trigger a retry?', /500, 502, 503, 504, 429/, /RetryHandler\.md/],
  ['What is a BalancedPool?', /distributes|balances/, /BalancedPool\.md/],
  ['What does PoolStats report?', /snapshot|number of/, /PoolStats\.md/],
  ['What error is thrown when the headers timeout expires?', /HEADERS_TIMEOUT/, /Errors\.md/],
  ['How can I delete a cookie?', /expires the named cookie/, /Cookies\.md/],
  ['What is a MockAgent?', /intercepts HTTP requests/, /MockAgent\.md/],
  ['What happens when no mock matches a request?', /MockNotMatchedError|real request/],
  ['What is the boiling point of helium?'],
  ['Who is the prime minister of Canada?'],
  ['What is the maximum heap size of the garbage collector?'],
];

async function toolsOver(paths: readonly string[]): Promise<AgentTools & AsyncDisposable> {
  const db = new DatabaseSync(':memory:', { allowExtension: true });
  loadVectorExtension(db);
  db.exec(searchSchema);
  for (const path of paths) {
    const { pages } = await parseDocument(path, basename(path));
    const name = basename(path);
    putFile(db, 'idx', { id: path, name, content_hash: '', metadata: {}, ...chunkDocument(pages) });
  }
  trainIndex(db, 'idx');
  const grep = createGrep();
  return {
    ...createIndexTools({
      db,
      readers: { retrieve: (id, params) => Promise.resolve(retrieve(db, id, params)) },
      indexIds: ['idx'],
      grep,
    }),
    async [Symbol.asyncDispose]() {
      await grep.close();
      db.close();
    },
  };
}

/** Asks every question; returns how many answers were right. */
async function evaluate(
  title: string,
  paths: readonly string[],
  questions: readonly Question[],
): Promise<number> {
  await using tools = await toolsOver(paths);
  let hits = 0;
  let milliseconds = 0;
  console.log(`\n# ${title}: ${paths.length} files\n`);
  for (const [question, expected, source] of questions) {
    const agent: Agent = (meter) => extractiveAgent({ question, history: [], tools }, meter);
    let answer = '';
    for await (const event of runTurn(agent, new AbortController().signal)) {
      if (event.type === 'text') {
        answer = event.content;
      } else if (event.type === 'stop') {
        milliseconds += event.usage.duration_ms ?? 0;
      }
    }
    const isHit =
      expected === undefined
        ? answer.startsWith('I found no passage')
        : expected.test(answer) && (source?.test(answer) ?? true);
    hits += isHit ? 1 : 0;
    console.log(`${isHit ? 'hit ' : 'MISS'}  ${question}\n${answer.replace(/^/gm, '      ')}\n`);
  }
  const mean = (milliseconds / questions.length).toFixed(1);
  console.log(`${title}: ${hits} of ${questions.length} right, ${mean} ms per question`);
  return hits;
}

const folder = process.argv[2] ?? '../shared/data/documents';
if (existsSync(folder)) {
  const paths = readdirSync(folder).map((name) => join(folder, name));
  await evaluate('documents', paths, documentQuestions);
} else {
  console.log(`No documents at ${folder}: name a folder that has them as the first argument.`);
}

const markdownIn = (from: string): string[] =>
  readdirSync(from)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(from, name));
await evaluate('guides', markdownIn('docs'), guideQuestions);
await evaluate('undici', markdownIn('node_modules/undici/docs/docs/api'), manualQuestions);
