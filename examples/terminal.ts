/** How the demo looks: on a terminal a line that is redrawn, elsewhere plain lines. */
import { concat, defer, map, type MonoTypeOperatorFunction, of, tap } from 'rxjs';

const { stdout } = process;
/** Whether a line can be drawn over. That is done without escape codes: a terminal need not know any. */
const redraws = stdout.isTTY && process.env.TERM !== 'dumb';
/** How often at most a line is drawn, in milliseconds. */
const every = redraws ? 50 : 5_000;

/** A progress bar for 0 to 100 percent. */
export function bar(percent: number): string {
  return redraws
    ? '█'.repeat(Math.round(percent / 5)).padEnd(20, '░')
    : `${Math.round(percent)} %`.padStart(5);
}

/** Milliseconds for people. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Bytes for people. */
export function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A text as one line that fits into the terminal. */
export function fit(text: string): string {
  const line = printable(text)
    .replaceAll('\t', ' ')
    .split('\n')
    .map((part, at) => (at === 0 ? part.trimEnd() : part.trim()))
    .join(' ');
  const width = lineWidth();
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

/** Passes everything on and shows the latest value as a line, the last one always. */
export function live<T>(format: (value: T) => string): MonoTypeOperatorFunction<T> {
  return (source) =>
    defer(() => {
      let line = '';
      let drawn = '';
      // Where lines cannot be drawn over, what is over soon needs one line only.
      let drawnAt = redraws ? -Infinity : performance.now();
      const draw = (): void => {
        if (line !== drawn) {
          stdout.write(redraws ? `\r${line.padEnd(drawn.length)}` : `${line}\n`);
          drawn = line;
          drawnAt = performance.now();
        }
      };
      return source.pipe(
        tap({
          next(value) {
            line = fit(format(value));
            if (performance.now() - drawnAt >= every) {
              draw();
            }
          },
          finalize() {
            draw();
            if (redraws && drawn !== '') {
              stdout.write('\n');
            }
          },
        }),
      );
    });
}

/** Breaks lines between words on a terminal. A word is held back until it is whole. */
export function wrap(): MonoTypeOperatorFunction<string> {
  return (source) =>
    defer(() => {
      if (!stdout.isTTY) {
        return source.pipe(map(printable));
      }
      let held = '';
      let column = 0;
      const place = (word: string): string => {
        const breaks = column > 0 && column + word.trimEnd().length > lineWidth();
        column = word.includes('\n') ? 0 : (breaks ? 0 : column) + word.length;
        return breaks ? `\n${word}` : word;
      };
      return concat(
        source.pipe(
          map((piece) => {
            const words = (held + printable(piece)).match(/\S+\s*|\s+/g) ?? [];
            held = words.pop() ?? '';
            return words.map(place).join('');
          }),
        ),
        defer(() => of(place(held))),
      );
    });
}

function lineWidth(): number {
  return (stdout.columns || 100) - 1;
}

/** Without what a terminal might obey: documents and file names may hold anything. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\s]/gu, '');
}
