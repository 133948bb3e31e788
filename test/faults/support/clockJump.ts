/** Sets the time of day ahead by so many milliseconds, or back, while `work` goes on. */
export async function jumpClock<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  const { now } = Date;
  Date.now = () => now() + milliseconds;
  try {
    return await work();
  } finally {
    Date.now = now;
  }
}
