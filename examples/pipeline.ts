/**
 * A pipeline: a folder is uploaded, parsed as a batch and indexed; each question is asked by its words and by its
 * meaning, and the passages that come out on top are kept as agent data, with the text around them.
 *
 *     node --conditions=@rx-llamacloud/source examples/pipeline.ts [FOLDER [QUESTION...]]
 */
import { concatMap, from, last, lastValueFrom, map, tap } from 'rxjs';
import * as llama from 'rx-llamacloud';
import { startLocalCloud } from 'rx-llamacloud-local';

const [folder = 'docs', ...asked] = process.argv.slice(2);
const questions = asked.length > 0 ? asked : ['When is a POST sent again?', 'What is a stall?'];
const findings = { deployment_name: '_public', collection: 'findings', key: ['question'] } as const;
const watch = { interval: { min: 50, max: 1_000 } };

await using cloud = await startLocalCloud();
const connection = llama.connect({ baseUrl: cloud.url, token: cloud.token });

const upload = (directory_id: string) =>
  llama
    .uploadFolder(connection, directory_id, folder, { include: ['*.md', '*.txt', '*.pdf'] })
    .pipe(
      last((event) => event.type === 'summary'),
      tap(({ uploaded, failed }) => console.log(`${uploaded} files uploaded, ${failed} failed`)),
      map(() => directory_id),
    );

const index = (directory_id: string) =>
  llama.createBatchJob(connection, { directory_id, job_config: {} }).pipe(
    concatMap(({ id }) => llama.watchBatchJob(connection, id, watch)),
    llama.throwIfFailed(),
    last(),
    tap(({ job }) => console.log(`${job.processed_items} files parsed`)),
    concatMap(() => llama.createIndex(connection, { source_directory_id: directory_id })),
    concatMap(({ id }) => llama.watchIndex(connection, id, watch)),
    llama.throwIfFailed(),
    last(),
  );

const find = (index_id: string, question: string) => {
  const ask = { index_id, query: question, top_k: 5 };
  const words$ = llama.retrieve(connection, { ...ask, vector_pipeline_weight: 0 });
  const meaning$ = llama.retrieve(connection, { ...ask, full_text_pipeline_weight: 0 });
  return llama.mergeRanked({ words: words$, meaning: meaning$ }, { limit: 2 }).pipe(
    last(),
    map(({ hits }) => hits.map(({ item }) => item)),
    llama.expandContext(connection, { indexId: index_id, before: 100, after: 100 }),
    map((hits) => ({ question, passages: hits.map((hit) => hit.context?.text ?? hit.content) })),
    concatMap((data) => llama.upsertAgentData(connection, { ...findings, data })),
  );
};

const finding$ = llama.createDirectory(connection, { name: folder }).pipe(
  concatMap(({ id }) => upload(id)),
  concatMap(index),
  concatMap(({ id }) => from(questions).pipe(concatMap((question) => find(id, question)))),
  tap(({ record: { data } }) => console.log(['', data.question, ...data.passages].join('\n\n'))),
);
await lastValueFrom(finding$);
