/** Makes `count` calls, `width` of them at a time, with as many loops: the cheapest way with promises. */
export async function inFlight(
  width: number,
  count: number,
  call: (n: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  let done = 0;
  const loop = async (): Promise<void> => {
    while (next < count) {
      const n = next;
      next += 1;
      await call(n);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: width }, loop));
  return done;
}
