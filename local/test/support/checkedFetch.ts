import { expect } from 'vitest';
import type { z } from 'zod';
import type { Operation } from '../../src/contract/operation.ts';
import { operations } from '../../src/contract/operations.ts';
import { problem, validationProblem } from '../../src/contract/problem.ts';

/**
 * `fetch` that holds every answer of the embedded cloud to what is declared of its operation: the
 * status of a success, all fields that have to be there, of the right types, and no other ones.
 * Throws where an answer differs. Streams and files are passed on unread.
 */
export async function checkedFetch(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const response = await fetch(input, init);
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  await check(`${init?.method ?? 'GET'} ${pathname}`, response.clone());
  return response;
}

async function check(route: string, response: Response): Promise<void> {
  const operation = operationAt(route);
  if (operation === undefined) {
    expect([401, 404, 405], route).toContain(response.status);
  } else if (response.status >= 400) {
    expectShape(
      route,
      response.status === 422 ? validationProblem : problem,
      await response.json(),
    );
  } else {
    expect([route, response.status]).toEqual([route, operation.status]);
    const { answer, answerType = 'application/json' } = operation;
    if (answer === undefined) {
      expect([route, await response.text()]).toEqual([route, '']);
    } else if (answerType === 'application/json') {
      expectShape(route, answer, await response.json());
    }
  }
}

function expectShape(route: string, schema: z.ZodType, answer: unknown): void {
  // Reading drops fields that are not declared.
  expect({ route, answer }).toEqual({ route, answer: schema.parse(answer) });
}

const patterns = Object.values(operations)
  .flatMap((named): Operation[] => Object.values(named))
  .map((operation) => ({
    operation,
    pattern: new RegExp(`^${operation.route.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }))
  // A fixed part of a path comes before a parameter in its place.
  .sort((one, other) => parametersOf(one.operation) - parametersOf(other.operation));

function parametersOf({ route }: Operation): number {
  return route.split('{').length;
}

function operationAt(route: string): Operation | undefined {
  return patterns.find(({ pattern }) => pattern.test(route))?.operation;
}
