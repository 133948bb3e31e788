import type { Rankable } from '../../../src/operators/fusion/rankable.ts';

/** The same lists every time: two to five of up to eight hits out of a pool of twelve, with falling scores. */
export function randomLists(count: number, seed = 1): Rankable[][][] {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: 2 + Math.floor(random() * 4) }, () => {
      const ids = 'abcdefghijkl'
        .split('')
        .map((id) => ({ id, place: random() }))
        .sort((a, b) => a.place - b.place)
        .slice(0, Math.floor(random() * 9))
        .map(({ id }) => id);
      let score = 10;
      return ids.map((id) => ({ id, score: (score -= random()) }));
    }),
  );
}

/** Tommy Ettinger's generator of 32-bit numbers, as numbers from 0 to 1. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
