import type { Question } from './harness/question.ts';

/** The questions of the bench by name, in the order of the report. Each is loaded only when it is asked. */
const questions: Readonly<Record<string, () => Promise<{ readonly question: Question }>>> = {
  list: () => import('./questions/list.ts'),
  prefetch: () => import('./questions/prefetch.ts'),
  reads: () => import('./questions/reads.ts'),
  chat: () => import('./questions/chat.ts'),
  streamCost: () => import('./questions/streamCost.ts'),
  jobs: () => import('./questions/jobs.ts'),
  imports: () => import('./questions/imports.ts'),
  bundles: () => import('./questions/bundles.ts'),
  fanOut: () => import('./questions/fanOut.ts'),
  uploads: () => import('./questions/uploads.ts'),
  bigUploads: () => import('./questions/bigUploads.ts'),
  merge: () => import('./questions/merge.ts'),
  growth: () => import('./questions/growth.ts'),
  cloudStart: () => import('./questions/cloudStart.ts'),
  cloudReads: () => import('./questions/cloudReads.ts'),
  cloudRetrieve: () => import('./questions/cloudRetrieve.ts'),
  cloudParse: () => import('./questions/cloudParse.ts'),
};

/** The names of all questions. */
export const questionNames: readonly string[] = Object.keys(questions);

/** @throws RangeError when there is no question of that name. */
export async function questionNamed(name: string): Promise<Question> {
  const load = questions[name];
  if (!load) {
    throw new RangeError(`No question is named ${name}. There are ${questionNames.join(', ')}.`);
  }
  return (await load()).question;
}
