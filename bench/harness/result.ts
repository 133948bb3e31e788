import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';

/** What came of a question, as `bench/results` keeps it: every round that counts. */
export interface Result {
  readonly measured: Surroundings;
  readonly cases: readonly CaseResult[];
}

/** When, where and with what a question was measured. */
export interface Surroundings {
  /** ISO 8601, the day. */
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  /** 10^9 bytes. */
  readonly memoryGB: number;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** One case of a question, with the rounds of each variant. */
export interface CaseResult {
  readonly name: string;
  readonly count: number;
  readonly variants: Readonly<Record<string, readonly Round[]>>;
}

/** One run of one variant. */
export interface Round {
  /** Milliseconds. */
  readonly wall: number;
  /** Milliseconds of CPU time. */
  readonly cpu: number;
  /** Peak of the resident memory so far above the idle process, bytes. */
  readonly memory: number;
  /** The server's CPU time, milliseconds. */
  readonly serverCpu: number;
  readonly requests: number;
  readonly figures: Readonly<Record<string, number>>;
}

const compared = [
  'undici',
  'rxjs',
  'eventsource-parser',
  '@llamaindex/llama-cloud',
  'openai',
  'p-limit',
];

/** This machine, without a word on whose it is. */
export function surroundings(): Surroundings {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1e9),
    node: process.version,
    versions: Object.fromEntries(compared.map((name) => [name, versionOf(name)])),
  };
}

/** Keeps a result in `bench/results`. */
export async function keepResult(name: string, result: Result): Promise<void> {
  const text = await format(JSON.stringify(result), { parser: 'json', printWidth: 100 });
  writeFileSync(pathOf(name), text);
}

/** The kept result of a question, if there is one. */
export function readResult(name: string): Result | undefined {
  const path = pathOf(name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Result) : undefined;
}

function pathOf(name: string): string {
  return join(import.meta.dirname, `../results/${name}.json`);
}

function versionOf(name: string): string {
  const manifest = join(import.meta.dirname, `../../node_modules/${name}/package.json`);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
