/**
 * The embedded cloud as a program.
 *
 * Prints one line once it answers, in a form that a shell can take over:
 * `LLAMA_CLOUD_BASE_URL=http://127.0.0.1:8787 LLAMA_CLOUD_API_KEY=llx-…`. A key that was
 * given with `--token` is not printed.
 */

import { parseArgs } from 'node:util';
import { startLocalCloud } from './startLocalCloud.ts';

const usage = `Usage: npm run local -- [--port 8787] [--host 127.0.0.1] [--data FOLDER] [--token KEY]

  --port   port to listen on; 0 takes any free one (8787)
  --host   address to listen on (127.0.0.1: this machine only)
  --data   folder that keeps everything (.local)
  --token  API key that requests must bear (made up once, kept in the folder)
`;

function settings() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8787' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: '.local' },
      token: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port takes a number from 0 to 65535, not "${values.port}"`);
  }
  return { ...values, port };
}

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
      return `${message}.`;
  }
}

try {
  const { help, data, ...config } = settings();
  if (help) {
    process.stdout.write(usage);
  } else {
    const cloud = await startLocalCloud({ ...config, dataDir: data });
    const key = config.token === undefined ? ` LLAMA_CLOUD_API_KEY=${cloud.token}` : '';
    process.stdout.write(`LLAMA_CLOUD_BASE_URL=${cloud.url}${key}\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void cloud.close());
    }
  }
} catch (cause) {
  process.stderr.write(`${sentence(cause)}\n`);
  process.exitCode = 1;
}
