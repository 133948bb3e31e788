import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What the lock file says of one package. */
interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What a package says of itself. */
interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  /** As packages of old wrote it. */
  readonly licenses?: readonly { readonly type: string }[];
}

const root = join(import.meta.dirname, '..');
const lock = json('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> };
const toolkit = json('package.json') as Manifest;
const cloud = json('local/package.json') as Manifest;
/** All packages that are installed, by their place, without the two of this repository. */
const installed = Object.entries(lock.packages).filter(
  ([place, { link }]) => place.includes('node_modules/') && link !== true,
);

function json(file: string): unknown {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

describe('the lock file', () => {
  it('has no package that runs a script when it is installed, but the Node that tests run on', () => {
    const running = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(running.map(([place]) => place)).toEqual(['node_modules/node']);
    expect(toolkit.allowScripts).toEqual({ node: true });
    for (const { scripts = {} } of [toolkit, cloud]) {
      expect(
        Object.keys(scripts).filter((name) => /^(pre|post)?install$|^prepare/.test(name)),
      ).toEqual([]);
    }
  });

  it('has a SHA-512 of every package, and no address that it would be fetched from', () => {
    expect(installed.length).toBeGreaterThan(100);
    for (const [place, { integrity, resolved }] of installed) {
      expect(integrity, place).toMatch(/^sha512-[\w+/]{86}==$/);
      expect(resolved, place).toBeUndefined();
    }
  });

  it('holds the toolkit to three dependencies, and the queue that one of them is made of', () => {
    const names = Object.keys(toolkit.dependencies ?? {});
    expect(names).toEqual(['eventsource-parser', 'p-limit', 'undici']);
    const theirs = names.flatMap((name) =>
      Object.keys(lock.packages[`node_modules/${name}`]?.dependencies ?? {}),
    );
    expect(theirs).toEqual(['yocto-queue']);
    expect(lock.packages['node_modules/yocto-queue']?.dependencies).toBeUndefined();
  });

  it('has permissive licences only in what users install', () => {
    const users = installed.filter(([, { dev }]) => dev !== true);
    expect(users.length).toBeGreaterThan(10);
    for (const [place, locked] of users) {
      expect(permissive, place).toContain(licenceOf(place, locked));
    }
  });
});

describe('the manifests', () => {
  it("names an exact version of everything that is not the toolkit's user's choice", () => {
    // The toolkit's own dependencies are ranges, so that a program can share them and take their fixes.
    const pinned = [toolkit.devDependencies, cloud.dependencies, cloud.devDependencies];
    const versions = pinned.flatMap((list = {}) => Object.entries(list));
    expect(versions.length).toBeGreaterThan(20);
    for (const [name, version] of versions) {
      expect(version, name).toMatch(/^(?:npm:[\w@/-]+@)?\d+\.\d+\.\d+$/);
    }
  });
});

/** Licences that ask for no more than to be named; of those that are a choice, one does. */
const permissive: readonly string[] = [
  ...['MIT', 'MIT-0', '0BSD', 'ISC', 'Apache-2.0', 'BSD', 'BSD-2-Clause', 'BSD-3-Clause'],
  ...['MIT OR Apache', '(MIT OR GPL-3.0-or-later)', '(MIT AND Zlib)'],
];

/** From the lock file, or from packages that are older than the field. */
function licenceOf(place: string, { license }: Locked): string {
  const manifest = join(place, 'package.json');
  if (license !== undefined || !existsSync(join(root, manifest))) {
    return license ?? 'unknown';
  }
  const { licenses = [] } = json(manifest) as Manifest;
  return licenses.map(({ type }) => type).join(' AND ');
}
