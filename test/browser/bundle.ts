import { join } from 'node:path';
import { rolldown } from 'rolldown';

const root = join(import.meta.dirname, '../..');

/** What {@link bundle} accepts. */
export interface BundleConfig {
  /** Packages to leave out. @defaultValue none */
  readonly external?: readonly string[];
}

/** Makes one minified script for browsers of code that imports `rx-llamacloud/operators` from here. */
export async function bundle(code: string, config: BundleConfig = {}): Promise<string> {
  const entry = join(root, 'test/browser/entry.ts');
  const build = await rolldown({
    input: entry,
    external: [...(config.external ?? [])],
    platform: 'browser',
    resolve: { conditionNames: ['@rx-llamacloud/source', 'import', 'default'] },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? code : undefined),
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm', minify: true });
  return output.map((each) => ('code' in each ? each.code : '')).join('');
}
