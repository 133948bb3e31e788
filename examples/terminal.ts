/** How the demo looks: one line that is redrawn on a terminal, plain lines elsewhere. */
import { defer, type MonoTypeOperatorFunction, tap } from 'rxjs';

/** How often the line is redrawn, in milliseconds; elsewhere a line is printed this often at most. */
const every = process.stdout.isTTY ? 50 : 1_000;

/** A progress bar for 0 to 100 percent. */
export function bar(percent: number): string {
  return '█'.repeat(Math.round(percent / 5)).padEnd(20, '░');
}

/** Milliseconds for people. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Bytes for people. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

/** Passes everything on and shows the latest value as a line, the last one always. */
export function live<T>(format: (value: T) => string): MonoTypeOperatorFunction<T> {
  return (source) =>
    defer(() => {
      let line = '';
      let shown = '';
      let shownAt = -Infinity;
      const show = (): void => {
        if (line !== shown) {
          const { isTTY, columns } = process.stdout;
          process.stdout.write(isTTY ? `\r\x1b[2K${line.slice(0, columns - 1)}` : `${line}\n`);
          shown = line;
          shownAt = performance.now();
        }
      };
      return source.pipe(
        tap({
          next(value) {
            line = format(value);
            if (performance.now() - shownAt >= every) {
              show();
            }
          },
          finalize() {
            show();
            process.stdout.write(process.stdout.isTTY ? '\n' : '');
          },
        }),
      );
    });
}
