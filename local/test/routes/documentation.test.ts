import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { CloudContext } from '../../src/cloudContext.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { cloudSchema } from '../../src/store/cloudSchema.ts';
import { openDatabase } from '../../src/store/openDatabase.ts';
import type { ApiDocument, PlacedOperation, Schema } from '../support/apiDocument.ts';
import { operationsIn, smallestValue } from '../support/apiDocument.ts';
import { send } from '../support/cloud.ts';

describe('documentation', () => {
  let cloud: LocalCloud;
  let document: ApiDocument;
  let operations: readonly PlacedOperation[];

  beforeAll(async () => {
    cloud = await startLocalCloud();
    document = (await (await fetch(`${cloud.url}/openapi.json`)).json()) as ApiDocument;
    operations = operationsIn(document);
  });
  afterAll(() => cloud.close());

  it('describes every route that is served to programs, and no other', () => {
    // Adding routes takes no more than this of what they work with.
    const parts = {
      database: openDatabase(':memory:', cloudSchema),
      closing: AbortSignal.abort(),
    };
    const served = createApp(parts as CloudContext, {
      bearsKey: () => true,
      host: '127.0.0.1',
      allowedHosts: [],
    })
      .routes.filter(({ method, path }) => method !== 'ALL' && /^\/(api|files)\//.test(path))
      .map(({ method, path }) => {
        // `:name` and `:name{pattern}` are parameters, `:verb{:search}` is a part with a colon.
        const parts = /:(\w+)(?:\{(:\w+)\}|\{[^}]*\})?/g;
        return `${method} ${path.replaceAll(parts, (_, name: string, verb?: string) => verb ?? `{${name}}`)}`;
      });
    parts.database.db.close();
    expect(operations.map(({ route }) => route).sort()).toEqual([...new Set(served)].sort());
    expect(served.length).toBeGreaterThan(47);
  });

  it('says of every parameter what is refused otherwise', async () => {
    const told: string[] = [];
    const refused: string[] = [];
    for (const { route, parameters } of apiOperations()) {
      for (const { name, in: place, schema } of parameters) {
        if (place !== 'header' && !isFreeText(schema)) {
          const [method = '', path = ''] = route.split(' ');
          const query = place === 'query' ? `?${name}=~` : '';
          const filled = path.replaceAll(/\{\w+\}/g, '~');
          told.push(`${route} ${place}.${name}`);
          const { body } = await send(cloud, `${method} ${filled}${query}`);
          refused.push(...placesIn(body).map((at) => `${route} ${at}`));
        }
      }
    }
    expect(told.length).toBeGreaterThan(20);
    expect(refused).toEqual(expect.arrayContaining(told));
  });

  it('says of every body which fields it must have', async () => {
    for (const { route, body } of apiOperations()) {
      if (body?.required !== undefined) {
        const answer = await send(cloud, route.replaceAll(/\{\w+\}/g, '~'), {});
        const missing = body.required.map((name) => `body.${name}`);
        expect([route, placesIn(answer.body).sort()]).toEqual([route, missing.sort()]);
      }
    }
  });

  it('says of every field of a body what it must be', async () => {
    const told: string[] = [];
    const refused: string[] = [];
    for (const { route, body } of apiOperations()) {
      for (const [name, schema] of Object.entries(body?.properties ?? {})) {
        const right = smallestValue(document, body ?? {}) as Record<string, unknown>;
        const wrong = isObject(document, schema) ? 'text' : {};
        told.push(`${route} body.${name}`);
        const answer = await send(cloud, route.replaceAll(/\{\w+\}/g, '~'), {
          ...right,
          [name]: wrong,
        });
        refused.push(...placesIn(answer.body).map((at) => `${route} ${at}`));
      }
    }
    expect(told.length).toBeGreaterThan(60);
    expect(refused).toEqual(expect.arrayContaining(told));
  });

  it('is there for people too, as one page without a key that names every operation', async () => {
    const response = await fetch(`${cloud.url}/docs`);
    expect(response.headers.get('content-type')).toContain('text/html');
    const page = await response.text();
    expect(page).not.toMatch(/\b(?:src|href)="(?![#/])/);
    for (const { operationId, route } of operations) {
      const [method = '', path = ''] = route.split(' ');
      expect(page).toContain(`<section id="${operationId}">`);
      expect(page).toContain(`<b>${method}</b> ${path}`);
    }
  });

  function apiOperations(): readonly PlacedOperation[] {
    return operations.filter(({ route }) => route.includes(' /api/'));
  }
});

function isFreeText({ type, format, enum: values }: Schema): boolean {
  return (type === 'string' && format === undefined && values === undefined) || type === 'array';
}

function isObject(document: ApiDocument, schema: Schema): boolean {
  const value = smallestValue(document, { anyOf: schema.anyOf?.slice(0, 1) ?? [schema] });
  return typeof value === 'object' && !Array.isArray(value);
}

/** Where a 422 finds fault: `query.page_size`, `body.name`. */
function placesIn(body: unknown): string[] {
  const { detail } = body as { readonly detail?: unknown };
  return Array.isArray(detail)
    ? detail.map(({ loc }: { loc: readonly string[] }) => loc.slice(0, 2).join('.'))
    : [];
}
