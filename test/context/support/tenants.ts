import { AsyncLocalStorage } from 'node:async_hooks';
import { finalize, type Observable } from 'rxjs';

/** Who the current work is for, as a service knows it. */
export const tenant = new AsyncLocalStorage<string>();

const tenants = Array.from({ length: 20 }, (_, i) => `tenant-${i}`);

/** A notification that came in the wrong context, or a tenant that none came to. */
export type Complaint = string;

/**
 * Subscribes twenty tenants to a source of their own, all at once and each in its own context, and waits for the ends.
 * Gives what is wrong: notifications in the context of somebody else. A source may well fail; it must not keep silent.
 */
export async function wrongContexts(
  name: string,
  start: (tenant: string) => Observable<unknown>,
): Promise<Complaint[]> {
  const complaints = await Promise.all(
    tenants.map((own) => tenant.run(own, () => notificationsOf(name, own, start))),
  );
  return complaints.flat();
}

function notificationsOf(
  name: string,
  own: string,
  start: (tenant: string) => Observable<unknown>,
): Promise<Complaint[]> {
  return new Promise((resolve) => {
    const wrong: Complaint[] = [];
    let told = 0;
    const note = (what: string): void => {
      told += 1;
      const seen = tenant.getStore();
      if (seen !== own) {
        wrong.push(`${name}: ${what} of ${own} came in the context of ${seen}`);
      }
    };
    start(own)
      .pipe(
        finalize(() => {
          if (told === 0) {
            wrong.push(`${name}: ${own} was told nothing`);
          }
          resolve(wrong);
        }),
      )
      .subscribe({
        next: () => note('a value'),
        error: (error: unknown) => note(`the error ${String(error)}`),
        complete: () => note('the end'),
      });
  });
}
