import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of the bench that answers each message with one of its own. Ends with the block that holds it. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #what: string;

  /** @param what - Names it in errors. */
  constructor(what: string, file: string, args: readonly string[] = []) {
    this.#what = what;
    this.#process = fork(file, args, { execArgv: [...process.execArgv, '--expose-gc'] });
  }

  /** Sends a message and waits for the answer. */
  ask<T>(message: string): Promise<T> {
    this.#process.send(message);
    return this.answer();
  }

  /** What it says next. Rejects when it ends instead. */
  async answer<T>(): Promise<T> {
    const over = new AbortController();
    const { signal } = over;
    try {
      const [answer] = (await Promise.race([
        once(this.#process, 'message', { signal }),
        once(this.#process, 'exit', { signal }).then(([code]) => {
          throw new Error(`${this.#what} ended with ${String(code)} in the middle of its work.`);
        }),
      ])) as [T];
      return answer;
    } finally {
      over.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill();
      await once(this.#process, 'exit');
    }
  }
}
