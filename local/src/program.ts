/**
 * What the program does.
 *
 * Prints one line once it answers, in a form that a shell can take over:
 * `LLAMA_CLOUD_BASE_URL=http://127.0.0.1:8787 LLAMA_CLOUD_API_KEY=llx-…`. A key that was
 * given with `--token` is not printed. The exit status is 2 when the arguments are wrong, and 1 when what they ask for
 * cannot be done.
 */

import { readFileSync } from 'node:fs';
import { type Command, commandLine, usage } from './commandLine.ts';
import { exportSnapshot } from './snapshot/exportSnapshot.ts';
import { importSnapshot } from './snapshot/importSnapshot.ts';
import { startLocalCloud } from './startLocalCloud.ts';

/** The failure in one sentence, with what to do about it. */
function sentence(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `The port is taken (${message}); choose another one with --port.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ERR_SQLITE_ERROR':
      return `The data folder or the port cannot be used (${message}); choose another with --data or --port.`;
    default:
      return /[.?!]$/.test(message) ? message : `${message}.`;
  }
}

function fail(cause: unknown, status: number): void {
  process.stderr.write(`${sentence(cause)}\n`);
  process.exitCode = status;
}

/** What the arguments ask for; `undefined` when they are wrong, which has been said then. */
function asked(): Command | undefined {
  try {
    return commandLine(process.argv.slice(2));
  } catch (cause) {
    fail(cause, 2);
    return undefined;
  }
}

function version(): string {
  // By its name: it lies higher above what is built than above the source.
  const file = new URL(import.meta.resolve('rx-llamacloud-local/package.json'));
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

async function perform(command: Command): Promise<void> {
  if (command.type === 'help') {
    process.stdout.write(usage);
  } else if (command.type === 'version') {
    process.stdout.write(`${version()}\n`);
  } else if (command.type === 'export') {
    const { folder, file } = command;
    const count = await exportSnapshot(folder, file);
    process.stdout.write(`Exported ${count} files of ${folder} to ${file}\n`);
  } else {
    const { config, snapshot } = command;
    if (snapshot !== undefined) {
      await importSnapshot(snapshot, config.dataDir);
    }
    const cloud = await startLocalCloud(config);
    const key = config.token === undefined ? ` LLAMA_CLOUD_API_KEY=${cloud.token}` : '';
    process.stdout.write(`LLAMA_CLOUD_BASE_URL=${cloud.url}${key}\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void cloud.close());
    }
  }
}

const command = asked();
if (command !== undefined) {
  await perform(command).catch((cause: unknown) => fail(cause, 1));
}
