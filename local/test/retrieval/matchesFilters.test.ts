import { describe, expect, it } from 'vitest';
import { matchesFilters } from '../../src/retrieval/matchesFilters.ts';

const file = {
  id: 'dfl-1',
  metadata: { year: 2024, city: 'Graz', open: true, tags: ['red', 'blue'], nothing: null },
};

describe('matchesFilters', () => {
  it.each([
    ['year', 'eq', 2024, true],
    ['year', 'eq', '2024', false],
    ['year', 'ne', 2024, false],
    ['year', 'ne', 2023, true],
    ['year', 'gt', 2023, true],
    ['year', 'gt', 2024, false],
    ['year', 'gte', 2024, true],
    ['year', 'lt', 2025, true],
    ['year', 'lt', 2024, false],
    ['year', 'lte', 2024, true],
    ['year', 'lt', '3000', false],
    ['year', 'in', [2023, 2024], true],
    ['year', 'nin', [2023, 2024], false],
    ['year', 'in', 2024, true],
    ['city', 'gt', 'Berlin', true],
    ['open', 'eq', true, true],
    ['tags', 'eq', 'red', true],
    ['tags', 'eq', ['red', 'blue'], true],
    ['tags', 'eq', ['blue', 'red'], false],
    ['tags', 'ne', 'red', false],
    ['tags', 'in', ['green', 'blue'], true],
    ['tags', 'nin', ['green'], true],
    ['nothing', 'eq', 'x', false],
    ['nothing', 'gt', 0, false],
    ['absent', 'ne', 1, true],
    ['absent', 'nin', [1], true],
    ['absent', 'lt', 1, false],
    ['constructor', 'ne', 1, true],
  ] as const)('%s %s %j is %s', (field, operator, value, expected) => {
    expect(matchesFilters(file, { custom_filters: { [field]: { operator, value } } })).toBe(
      expected,
    );
  });

  it('takes several bounds as a range', () => {
    const between = (low: number, high: number): boolean =>
      matchesFilters(file, {
        custom_filters: {
          year: [
            { operator: 'gte', value: low },
            { operator: 'lt', value: high },
          ],
        },
      });

    expect(between(2024, 2025)).toBe(true);
    expect(between(2020, 2024)).toBe(false);
  });

  it('demands all fields, and ignores those without a filter', () => {
    const year = { operator: 'eq', value: 2024 } as const;

    expect(matchesFilters(file, { custom_filters: { year, city: null } })).toBe(true);
    expect(
      matchesFilters(file, { custom_filters: { year, city: { operator: 'eq', value: 'Wien' } } }),
    ).toBe(false);
  });

  it.each([
    ['eq', 'dfl-1', true],
    ['ne', 'dfl-1', false],
    ['in', ['dfl-1', 'dfl-2'], true],
    ['nin', ['dfl-2'], true],
  ] as const)('compares the file: %s %j is %s', (operator, value, expected) => {
    expect(
      matchesFilters(file, { static_filters: { parsed_directory_file_id: { operator, value } } }),
    ).toBe(expected);
  });
});
