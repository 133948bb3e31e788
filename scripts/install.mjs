// Installs the locked dependencies when they are missing or older than the lock file. Runs before
// `npm start` and `npm test`, so it may use nothing but an old Node and npm.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// npm writes this file last, so an install that was cut off is done again.
const installed = `${root}node_modules/.package-lock.json`;
const wanted = `${root}package-lock.json`;

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs) {
  console.error('Installing dependencies, once. This takes about a minute …');
  const windows = process.platform === 'win32';
  const npm = spawn('npm', ['ci', '--no-progress', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: windows,
    // A group of its own, because npm takes many seconds to heed a signal: Ctrl-C ends the group.
    detached: !windows,
  });
  for (const [signal, status] of Object.entries({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 })) {
    process.on(signal, () => {
      process.kill(windows ? npm.pid : -npm.pid, 'SIGKILL');
      process.exit(status);
    });
  }
  npm.on('exit', (status) => {
    if (status !== 0) {
      console.error(
        'npm ci failed. Check the network connection to the npm registry, then run again.',
      );
      process.exitCode = 1;
    }
  });
}
