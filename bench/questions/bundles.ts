import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { buildPackage, root } from '../clients/buildPackage.ts';
import type { Question, Run } from '../harness/question.ts';

const toolkit = join(root, 'dist/index.js');

/** What a bundle grows by. */
export const question: Question = {
  title: 'The bundle',
  run: 'Bundles and minifies a program that passes on what it imports; rxjs and undici stay outside.',
  unit: 'bundle',
  cases: { 'rolldown, minified': { count: 1 } },
  baseline: 'listDirectories',
  variants: {
    listDirectories: () => {
      buildPackage();
      return bundling(`export { listDirectories } from ${JSON.stringify(toolkit)}`);
    },
    'connect and listDirectories': () =>
      bundling(`export { connect, listDirectories } from ${JSON.stringify(toolkit)}`),
    'all of rx-llamacloud': () => bundling(`export * from ${JSON.stringify(toolkit)}`),
    SDK: () => bundling("export { default } from '@llamaindex/llama-cloud'"),
  },
  goals: [{ variant: 'listDirectories', measure: 'gzip, kB', atMost: 12 }],
  columns: [],
};

function bundling(program: string): Run {
  const entry = join(root, 'entry.js');
  return async () => {
    const bundle = await rolldown({
      input: entry,
      platform: 'node',
      external: ['rxjs', 'undici'],
      plugins: [
        {
          name: 'program',
          resolveId: (id) => (id === entry ? id : null),
          load: (id) => (id === entry ? program : null),
        },
      ],
    });
    const { output } = await bundle.generate({ format: 'esm', minify: true });
    await bundle.close();
    const code = output.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('');
    const figures = { 'plain, kB': code.length / 1000, 'gzip, kB': gzipSync(code).length / 1000 };
    return { done: 1, figures };
  };
}
