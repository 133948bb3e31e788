/**
 * The whole way in one run: a folder is uploaded, parsed as a batch, indexed, searched and asked.
 *
 *     npm start [-- FOLDER [QUESTION]]
 *
 * Talks to LlamaCloud when LLAMA_CLOUD_API_KEY is set, else to an embedded cloud that it starts.
 */
import { concatMap, filter, forkJoin, map, type Observable, tap, toArray } from 'rxjs';
import * as llama from 'rx-llamacloud';
import { program, run, walk } from './program.ts';
import { bar, fit, live, seconds, size, wrap } from './terminal.ts';

const [folder = 'docs', question = 'When is a POST sent again?'] = process.argv.slice(2);
const watch = { interval: { min: 100, max: 2_000 } };
const times: string[] = [];

/** Runs one stage to its last value, and remembers how long that took. */
async function stage<T>(name: string, stage$: Observable<T>): Promise<T> {
  const begun = performance.now();
  const value = await run(stage$);
  times.push(`${name} ${seconds(performance.now() - begun)}`);
  return value;
}

await program(folder, async ({ connection, files, make, leaveOut }) => {
  const name = `npm start ${new Date().toISOString()}`;
  const directory$ = make(llama.createDirectory(connection, { name }), ({ id }) =>
    llama.deleteDirectory(connection, id),
  );
  const { id: directory_id } = await run(directory$);

  const upload$ = llama.uploadFolder(connection, directory_id, folder, walk).pipe(
    tap((event) => event.type === 'failed' && leaveOut(event.item.relativePath, event.error)),
    filter((event) => event.type === 'summary'),
    live(({ uploaded, failed, bytes, bytesPerSecond }) => {
      const done = bar((100 * (uploaded + failed)) / files);
      const failures = failed > 0 ? `, ${failed} failed` : '';
      const rate = `${size(bytes)} at ${size(bytesPerSecond)}/s`;
      return `upload   ${done} ${uploaded} of ${files} files${failures}, ${rate}`;
    }),
  );
  const { uploaded } = await stage('upload', upload$);
  if (uploaded === 0) throw new Error('No file could be uploaded.');

  const job$ = make(llama.createBatchJob(connection, { directory_id, job_config: {} }), ({ id }) =>
    llama.cancelBatchJob(connection, id),
  );
  const { id: job_id } = await run(job$);
  const batch$ = llama.watchBatchJob(connection, job_id, watch).pipe(
    llama.batchProgress(),
    live(({ percent, done, failed, skipped, remainingMs }) => {
      const left = remainingMs ? `, about ${seconds(remainingMs)} left` : '';
      return `batch    ${bar(percent)} ${done} done, ${failed} failed, ${skipped} skipped${left}`;
    }),
  );
  const { done } = await stage('batch', batch$);
  const failed$ = llama.listBatchJobItems(connection, job_id, { status: 'failed' });
  for (const { item_name, error_message } of await run(failed$.pipe(toArray()))) {
    leaveOut(item_name, error_message ?? 'it could not be parsed');
  }
  if (done === 0) throw new Error('No file could be parsed.');

  const index$ = make(
    llama.createIndex(connection, { source_directory_id: directory_id }),
    ({ id }) => llama.deleteIndex(connection, id),
  ).pipe(
    concatMap(({ id }) => llama.watchIndex(connection, id, watch)),
    llama.throwIfFailed(),
    live(({ metadata }) => `index    ${metadata?.status ?? 'pending'}`),
  );
  const { id: index_id } = await stage('index', index$);

  console.log(`\n${question}\n`);
  const search = (vector_pipeline_weight: number, full_text_pipeline_weight: number) => {
    const weights = { vector_pipeline_weight, full_text_pipeline_weight };
    return llama.retrieve(connection, { index_id, query: question, top_k: 1, ...weights });
  };
  const { known, ...best } = await stage(
    'retrieve',
    forkJoin({
      known: llama.searchFiles(connection, { index_id }).pipe(map((answer) => answer.files)),
      words: search(0, 1),
      meaning: search(1, 0),
      both: search(0.5, 0.5),
    }),
  );
  const names = new Map(known.map(({ file_id, file_name }) => [file_id, file_name]));
  for (const [by, { results }] of Object.entries(best)) {
    const [found] = results;
    const at = found?.static_fields;
    const file = names.get(at?.parsed_directory_file_id ?? '') ?? 'a file';
    const what = `${file}, page ${at?.page_range_start ?? '?'}: ${found?.content}`;
    console.log(fit(`by ${by.padEnd(8)} ${found ? what : 'nothing'}`));
  }
  console.log();

  const answer$ = make(
    llama.createChatSession(connection, { index_ids: [index_id] }),
    ({ session_id }) => llama.deleteChatSession(connection, session_id),
  ).pipe(
    concatMap(({ session_id }) =>
      llama.streamChat(connection, session_id, { index_ids: [index_id], prompt: question }),
    ),
    llama.throwIfChatFailed(),
    llama.chatText(),
    wrap(),
    tap((text) => process.stdout.write(text)),
  );
  await stage('answer', answer$);
  console.log(`\n\n${times.join(', ')}`);
});
