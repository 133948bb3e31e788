import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseFaultRules } from './faults/faultSchema.ts';
import type { LocalCloudConfig } from './startLocalCloud.ts';

/** What `--help` prints. */
export const usage = `Usage: npx rx-llamacloud-local [OPTIONS]

  --port            port to listen on; 0 takes any free one (8787)
  --host            address to listen on (127.0.0.1: this machine only)
  --data            folder that keeps everything (.local)
  --allow-host      name under which it may be asked, beside localhost; may be repeated
  --token           API key that requests must bear (made up once, kept in the folder)
  --latency         milliseconds that every request waits before it is carried out (0)
  --rate-limit      requests a second; more are answered with 429 (no limit)
  --no-retry-after  such answers do not say when to come back
  --reader-memory   MiB that the process which reads a document may take (1536)
  --faults          file of what goes wrong, a JSON list: [{"route": "* /**", "rate": 0.05,
                    "fault": {"status": 503}}]
  --import          snapshot to begin with, in a data folder that is empty or not there
  --export          snapshot to make of the data folder; nothing is started
  --version         prints the version; nothing is started
`;

/** What the program was asked to do. */
export type Command =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | { readonly type: 'export'; readonly folder: string; readonly file: string }
  | {
      readonly type: 'serve';
      readonly config: LocalCloudConfig & { readonly dataDir: string };
      /** The snapshot to begin with. */
      readonly snapshot: string | undefined;
    };

/**
 * Reads the arguments of the program, and the files that they name.
 *
 * @throws Error whose message says in one sentence what is wrong with them.
 */
export function commandLine(args: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '8787' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: '.local' },
      'allow-host': { type: 'string', multiple: true, default: [] },
      token: { type: 'string' },
      latency: { type: 'string', default: '0' },
      'rate-limit': { type: 'string' },
      'no-retry-after': { type: 'boolean', default: false },
      'reader-memory': { type: 'string', default: '1536' },
      faults: { type: 'string' },
      import: { type: 'string' },
      export: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', short: 'v', default: false },
    },
  });
  if (values.help) {
    return { type: 'help' };
  }
  if (values.version) {
    return { type: 'version' };
  }
  if (values.export !== undefined) {
    if (values.import !== undefined) {
      throw new Error('--import and --export are for one start each');
    }
    return { type: 'export', folder: values.data, file: values.export };
  }
  const perSecond = values['rate-limit'];
  const config = {
    port: number('port', values.port, { least: 0, most: 65_535 }),
    host: values.host,
    allowedHosts: values['allow-host'],
    dataDir: values.data,
    token: values.token,
    latency: number('latency', values.latency, { least: 0, most: 3_600_000 }),
    rateLimit:
      perSecond === undefined
        ? undefined
        : {
            perSecond: number('rate-limit', perSecond, { least: 1, most: 1_000_000 }),
            retryAfter: values['no-retry-after'] ? ('none' as const) : ('seconds' as const),
          },
    readerMemory:
      number('reader-memory', values['reader-memory'], { least: 128, most: 1_048_576 }) * 1024 ** 2,
    faults: values.faults === undefined ? [] : parseFaultRules(read(values.faults), values.faults),
  };
  return { type: 'serve', config, snapshot: values.import };
}

function number(
  option: string,
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new Error(`--${option} takes a number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The faults file ${file} cannot be read (${why})`, { cause });
  }
}
