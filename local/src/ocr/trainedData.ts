import { randomUUID } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { tesseractLanguage } from './tesseractLanguage.ts';

/** What the recognition of characters has learned, ready to be used. */
export interface TrainedData {
  /** The folder that holds a `<language>.traineddata` for each language. */
  readonly folder: string;
  /** Tesseract's own codes, joined as it takes them: `eng+deu`. */
  readonly languages: string;
  /** What was asked for and is not installed, as it was asked for. */
  readonly missing: readonly string[];
}

const { resolve } = createRequire(import.meta.url);

/**
 * Finds the trained data of `languages`, codes of `ParserLanguage`, among the installed packages
 * `@tesseract.js-data/<code>`, and unpacks what was not unpacked before into a folder of this user
 * alone. English comes with the embedded cloud and stands in when nothing else is installed.
 */
export async function trainedData(languages: readonly string[]): Promise<TrainedData> {
  const found = new Map<string, string>();
  const missing: string[] = [];
  for (const language of languages) {
    const code = tesseractLanguage(language);
    const archive = archiveOf(code);
    if (archive === undefined) {
      missing.push(language);
    } else {
      found.set(code, archive);
    }
  }
  if (found.size === 0) {
    const english = archiveOf('eng');
    if (english === undefined) {
      throw new Error('The package @tesseract.js-data/eng is not installed.');
    }
    found.set('eng', english);
  }
  const folder = await privateFolder();
  for (const [code, archive] of found) {
    await unpack(archive, join(folder, `${code}.traineddata`));
  }
  return { folder, languages: [...found.keys()].join('+'), missing };
}

/** The smaller of the two sets in a package, with whole numbers: as exact here, and faster. */
function archiveOf(code: string): string | undefined {
  try {
    const manifest = resolve(`@tesseract.js-data/${code}/package.json`);
    return join(dirname(manifest), '4.0.0_best_int', `${code}.traineddata.gz`);
  } catch {
    return undefined;
  }
}

/** Kept from run to run. A folder of that name which somebody else has made is not trusted. */
async function privateFolder(): Promise<string> {
  const { uid } = userInfo();
  const path = join(tmpdir(), `rx-llamacloud-ocr-${uid}`);
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  const isOurs = found.isDirectory() && (uid < 0 || (found.uid === uid && !(found.mode & 0o022)));
  return isOurs ? path : mkdtemp(join(tmpdir(), 'rx-llamacloud-ocr-'));
}

async function unpack(archive: string, target: string): Promise<void> {
  const packed = await readFile(archive);
  // The last four bytes of a gzip file are the length of what is in it.
  const length = packed.readUInt32LE(packed.length - 4);
  const present = await stat(target).catch(() => undefined);
  if (present?.size === length) {
    return;
  }
  // Other processes may read the target, or write it too, at the same time.
  const written = `${target}.${randomUUID()}`;
  await writeFile(written, await promisify(gunzip)(packed), { mode: 0o600 });
  await rename(written, target);
}
