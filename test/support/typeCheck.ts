import { join } from 'node:path';
import ts from 'typescript';
import { root, type Snippet } from './snippets.ts';

/**
 * Names that snippets may use without declaring them: what the sentences around a snippet speak of. Whoever reads
 * the snippet knows what they stand for, so they would only be in the way. A snippet that declares one of them
 * itself hides it.
 */
const prelude = `
  /** What \`connect()\` returned. */
  declare const connection: import('rx-llamacloud').Connection;
  declare const directoryId: string;
  declare const directoryFileId: string;
  /** The stored content's id: \`file_id\` of a directory file. */
  declare const fileId: string;
  declare const indexId: string;
  declare const sessionId: string;
  declare const jobId: string;
  declare const itemId: string;
  declare const regionId: string;
  /** Files to upload. */
  declare const paths: readonly string[];
  /** A question of the user. */
  declare const question: string;
  /** A page's, where one is spoken of. */
  declare const document: {
    title: string;
    readonly body: { readonly classList: { toggle(name: string, isOn: boolean): void } };
  };
  /** A message to the chat agent. */
  declare const body: import('rx-llamacloud').StreamChatBody;
`;

// What the snippets import is the same for all of them, and is most of the work.
const parsed = new Map<string, ts.SourceFile | undefined>();

/**
 * Type-checks each snippet as a module of its own that stands in the repository's root, with the repository's own
 * compiler settings, so that `rx-llamacloud` is what is in \`src\`. Returns what the compiler complains of for each
 * snippet, in their order: lines of the form `docs/lists.md:12: …`.
 *
 * @param imported - By module, names that a snippet may use without importing them.
 */
export function typeCheck(
  snippets: readonly Snippet[],
  imported: Readonly<Record<string, readonly string[]>> = {},
): string[][] {
  const options: ts.CompilerOptions = {
    ...compilerOptions(),
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const preludeFile = join(root, 'prelude.d.ts');
  const sources = new Map([[preludeFile, prelude]]);
  const modules = snippets.map((snippet) => {
    const name = join(root, `${snippet.file.replaceAll('/', '-')}-${snippet.line}.ts`);
    sources.set(name, moduleOf(snippet, imported));
    return name;
  });

  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([preludeFile, ...modules], options, {
    ...host,
    readFile: (name) => sources.get(name) ?? host.readFile(name),
    fileExists: (name) => sources.has(name) || host.fileExists(name),
    getSourceFile(name, settings) {
      const text = sources.get(name);
      if (text !== undefined) {
        return ts.createSourceFile(name, text, settings);
      }
      const file = parsed.get(name) ?? host.getSourceFile(name, settings);
      parsed.set(name, file);
      return file;
    },
  });

  return snippets.map(({ file }, at) => {
    const source = program.getSourceFile(modules[at] ?? '');
    return [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ].map(({ messageText, start = 0 }) => {
      const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
      return `${file}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
  });
}

/** The snippet as a module, its code on the lines that it has in its file. */
function moduleOf(
  { line, code }: Snippet,
  imported: Readonly<Record<string, readonly string[]>>,
): string {
  const words = new Set(code.match(/\w+/g));
  const imports = Object.entries(imported).map(([module, names]) => {
    // What two modules export comes from the one named first.
    const used = names.filter((name) => words.delete(name));
    return `import { ${used.join(', ')} } from '${module}';`;
  });
  return `export {}; ${imports.join(' ')}${'\n'.repeat(line - 1)}${code}`;
}

export function compilerOptions(): ts.CompilerOptions {
  const file = join(root, 'tsconfig.json');
  const config = ts.getParsedCommandLineOfConfigFile(
    file,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic({ messageText }) {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
      },
    },
  );
  if (!config) {
    throw new Error(`${file} could not be read`);
  }
  return config.options;
}
