import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buildPackage, root } from '../clients/buildPackage.ts';
import type { Question, Run } from '../harness/question.ts';

const run = promisify(execFile);

/** What a program waits for before its first line. */
export const question: Question = {
  title: 'The import',
  run: 'Imports a package, as it is published, in a process that has just begun.',
  unit: 'import',
  cases: { 'a fresh process': { count: 1 } },
  baseline: 'rxjs',
  variants: {
    rxjs: () => importing('rxjs'),
    'rx-llamacloud': () => {
      buildPackage();
      return importing('rx-llamacloud');
    },
    undici: () => importing('undici'),
    SDK: () => importing('@llamaindex/llama-cloud'),
  },
  goals: [{ variant: 'rx-llamacloud', measure: 'import, ms', over: 'rxjs', atMost: 60 }],
  note:
    'Most of what the package adds to rxjs is undici, whose one entry loads all of its parts: compare its row. To import only ' +
    'the parts that are used took 46 ms in place of 118, but those are files of undici that it does not promise to keep.',
  columns: [],
};

function importing(name: string): Run {
  const program = `
    const begun = performance.now();
    await import('${name}');
    console.log(performance.now() - begun);
  `;
  return async () => {
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: root,
    });
    return { done: 1, figures: { 'import, ms': Number(stdout) } };
  };
}
