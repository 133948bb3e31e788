/**
 * The whole way in one run: a folder is uploaded, parsed as a batch, indexed, searched and asked.
 *
 *     npm start [-- FOLDER [QUESTION]]
 *
 * Talks to LlamaCloud when LLAMA_CLOUD_API_KEY is set, else to an embedded cloud that it starts.
 */
import { relative } from 'node:path';
import { concatMap, forkJoin, from, lastValueFrom, map, type Observable, tap, toArray } from 'rxjs';
import * as llama from 'rx-llamacloud';
import { interruptible, program } from './program.ts';
import { bar, live, megabytes, seconds } from './terminal.ts';

const [folder = 'docs', question = 'When is a POST sent again?'] = process.argv.slice(2);
const watch = { interval: { min: 100, max: 2_000 } };
const times: string[] = [];

/** Runs one stage to its last value, and remembers how long that took. */
async function stage<T>(name: string, stage$: Observable<T>): Promise<T> {
  const begun = performance.now();
  const value = await lastValueFrom(stage$.pipe(interruptible()));
  times.push(`${name} ${seconds(performance.now() - begun)}`);
  return value;
}

await program(folder, async ({ connection, paths, undo }) => {
  const name = `npm start ${new Date().toISOString()}`;
  const { id: directory_id } = await stage(
    'directory',
    llama.createDirectory(connection, { name }),
  );
  undo(llama.deleteDirectory(connection, directory_id));

  const upload$ = from(paths).pipe(
    llama.uploadMap((path) => {
      const display_name = relative(folder, path) || path;
      const body = { upload_file: path, unique_id: display_name, display_name };
      return llama.uploadDirectoryFile(connection, directory_id, body);
    }),
    live(({ uploaded, failures, bytes, bytesPerSecond }) => {
      const done = bar((100 * (uploaded + failures.length)) / paths.length);
      const files = `${uploaded} of ${paths.length} files`;
      return `upload  ${done} ${files}, ${megabytes(bytes)} at ${megabytes(bytesPerSecond)}/s`;
    }),
  );
  const { uploaded, failures } = await stage('upload', upload$);
  if (uploaded === 0) throw failures[0]?.error;

  const job$ = llama.createBatchJob(connection, { directory_id, job_config: {} });
  const { id: job_id } = await lastValueFrom(job$);
  const batch$ = llama.watchBatchJob(connection, job_id, watch).pipe(
    llama.throwIfFailed(),
    llama.batchProgress(),
    live(({ percent, done, failed, skipped, remainingMs }) => {
      const left = remainingMs === undefined ? '' : `, ${seconds(remainingMs)} left`;
      return `batch   ${bar(percent)} ${done} done, ${failed} failed, ${skipped} skipped${left}`;
    }),
  );
  await stage('batch', batch$);
  const unparsed$ = llama.listBatchJobItems(connection, job_id, { status: 'failed' });
  const unparsed = await lastValueFrom(unparsed$.pipe(toArray()));

  const index$ = llama.createIndex(connection, { source_directory_id: directory_id }).pipe(
    tap(({ id }) => undo(llama.deleteIndex(connection, id))),
    concatMap(({ id }) => llama.watchIndex(connection, id, watch)),
    llama.throwIfFailed(),
    live(({ metadata }) => `index   ${metadata?.status ?? 'building'}`),
  );
  const { id: index_id } = await stage('index', index$);

  console.log(`\n${question}\n`);
  const search = (vector_pipeline_weight: number, full_text_pipeline_weight: number) =>
    llama.retrieve(connection, {
      ...{ index_id, query: question, top_k: 1 },
      ...{ vector_pipeline_weight, full_text_pipeline_weight },
    });
  const { files, ...best } = await stage(
    'retrieve',
    forkJoin({
      files: llama.searchFiles(connection, { index_id }).pipe(map((answer) => answer.files)),
      words: search(0, 1),
      meaning: search(1, 0),
      both: search(0.5, 0.5),
    }),
  );
  const names = new Map(files.map(({ file_id, file_name }) => [file_id, file_name]));
  for (const [by, { results }] of Object.entries(best)) {
    const at = results[0]?.static_fields;
    const file = names.get(at?.parsed_directory_file_id ?? '') ?? 'nothing';
    const text = results[0]?.content.replace(/\s+/g, ' ').slice(0, 60);
    console.log(`by ${by.padEnd(8)} ${file}, page ${at?.page_range_start ?? '-'}: ${text ?? ''}`);
  }

  console.log();
  const answer$ = llama.createChatSession(connection, { index_ids: [index_id] }).pipe(
    tap(({ session_id }) => undo(llama.deleteChatSession(connection, session_id))),
    concatMap(({ session_id }) =>
      llama.streamChat(connection, session_id, { index_ids: [index_id], prompt: question }),
    ),
    llama.throwIfChatFailed(),
    llama.chatText(),
    tap((text) => process.stdout.write(text)),
  );
  await stage('answer', answer$);
  console.log(`\n\n${times.join(', ')}`);

  return [
    ...failures.map(({ item, error }) => `${item}: ${String(error)}`),
    ...unparsed.map(({ item_name, error_message }) => `${item_name}: ${error_message ?? 'failed'}`),
  ];
});
