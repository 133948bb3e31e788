import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BlackHole, openBlackHole } from '../faults/support/blackHole.ts';
import { lists, operations, sources, watchers } from './support/operations.ts';
import { betweenQuestions, onThePageAfter, states } from './support/states.ts';
import { endsWhenUnsubscribed } from './support/unsubscribing.ts';

let hole: BlackHole;

beforeAll(async () => {
  hole = await openBlackHole();
});

afterAll(async () => {
  await hole[Symbol.asyncDispose]();
});

it('is about every source that there is', () => {
  const all = [...Object.keys(operations), ...Object.keys(watchers)];
  expect(all.sort()).toEqual([...sources].sort());
});

describe.each(states)('what is unsubscribed $name', (state) => {
  const calls = Object.entries(operations).filter(([name]) => !(name in (state.without ?? {})));

  it.each(calls)('%s leaves nothing behind', async (_, start) => {
    await endsWhenUnsubscribed(start, state, hole.url);
  });
});

describe(`what is unsubscribed ${betweenQuestions.name}`, () => {
  it.each(Object.entries(watchers))('%s leaves nothing behind', async (_, watch) => {
    await endsWhenUnsubscribed(
      (connection, __, scheduler) => watch(connection, { scheduler }),
      betweenQuestions,
      hole.url,
    );
  });
});

describe(`what is unsubscribed ${onThePageAfter.name}`, () => {
  it.each(Object.entries(lists))('%s leaves nothing behind', async (_, list) => {
    await endsWhenUnsubscribed(list, onThePageAfter, hole.url);
  });

  it.each(Object.entries(lists))('%s with prefetch leaves nothing behind', async (_, list) => {
    await endsWhenUnsubscribed(
      (connection) => list(connection).prefetch(),
      onThePageAfter,
      hole.url,
    );
  });
});
