import { describe, expect, it } from 'vitest';
import type { Goal, Question } from '../../bench/harness/question.ts';
import type { Result, Round } from '../../bench/harness/result.ts';
import { tableOf } from '../../bench/harness/tableOf.ts';
import { verdicts } from '../../bench/harness/verdicts.ts';

const rounds = (walls: readonly number[]): Round[] =>
  walls.map((wall) => ({
    wall,
    cpu: wall / 2,
    memory: wall * 1e6,
    serverCpu: wall / 4,
    requests: 3,
    figures: { 'first event, ms': wall / 100 },
  }));

const result: Result = {
  measured: {
    date: '2026-05-20',
    cpu: 'some',
    cores: 2,
    memoryGB: 16,
    node: 'v24.21.0',
    versions: {},
  },
  cases: [
    {
      name: 'small',
      count: 1_000,
      variants: { loop: rounds([90, 100, 500]), ours: rounds([40, 60]) },
    },
  ],
};

function question(...goals: Goal[]): Question {
  const idle = (): never => {
    throw new Error('Nothing is run here.');
  };
  return {
    title: 'A list',
    run: 'Reads items.',
    unit: 'item',
    cases: { small: { count: 1_000, site: 'lists/' } },
    baseline: 'loop',
    variants: { loop: idle, ours: idle },
    goals,
  };
}

describe('verdicts', () => {
  it.each<[Goal, goal: string, reached: string, met: boolean]>([
    [
      { variant: 'ours', measure: 'speed', times: 'loop', atLeast: 2 },
      'ours: speed at least 2x that of loop',
      '2x',
      true,
    ],
    [
      { variant: 'ours', measure: 'speed', times: 'loop', atLeast: 2.01 },
      'ours: speed at least 2.01x that of loop',
      '2x',
      false,
    ],
    [
      { variant: 'loop', measure: 'wall a unit', over: 'ours', atMost: 49 },
      'loop: time an item at most 49 µs more than ours',
      '50 µs',
      false,
    ],
    [
      { variant: 'loop', measure: 'memory', atMost: 500 },
      'loop: peak memory at most 500 MB',
      '500 MB',
      true,
    ],
    [
      { variant: 'ours', measure: 'first event, ms', atMost: 3 },
      'ours: first event at most 3 ms',
      '0.5 ms',
      true,
    ],
    [
      { variant: 'ours', measure: 'no such figure', atMost: 3 },
      'ours: no such figure at most 3',
      '–',
      false,
    ],
  ])('judges %o', (goal, words, reached, met) => {
    expect(verdicts(question(goal), result)).toEqual([
      { goal: words, caseName: 'small', reached, met },
    ]);
  });

  it('compares what was measured side by side, whatever the machine did meanwhile', () => {
    const [small] = result.cases;
    const variants = { loop: rounds([100, 300, 110]), ours: rounds([50, 150, 200]) };
    const slowed = { ...result, cases: small ? [{ ...small, variants }] : [] };
    const goal: Goal = { variant: 'ours', measure: 'speed', times: 'loop', atLeast: 2 };
    expect(verdicts(question(goal), slowed)).toMatchObject([{ reached: '2x', met: true }]);
  });

  it('has none for a case that the goal is not set for', () => {
    const goal: Goal = { variant: 'ours', caseName: 'large', measure: 'wall', atMost: 1 };
    expect(verdicts(question(goal), result)).toEqual([]);
  });
});

describe('the table of a case', () => {
  it('has medians and their ratios to the baseline, and the figures of the variants', () => {
    const [small] = result.cases;
    expect(small && tableOf(question(), small)).toEqual([
      [
        '',
        'ms',
        'items/s',
        'speed',
        'CPU µs an item',
        'CPU',
        'peak MB',
        'requests',
        'server busy',
        'first event, ms',
      ],
      ['loop', '100', '10,000', '1x', '50', '1x', '500', '3', '25 %', '1'],
      ['ours', '50', '20,000', '2x', '25', '0.5x', '60', '3', '25 %', '0.5'],
    ]);
  });
});
