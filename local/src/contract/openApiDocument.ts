import { z } from 'zod';
import type { core } from 'zod';
import type {
  CreateDocumentOptions,
  ZodOpenApiOperationObject,
  ZodOpenApiPathItemObject,
} from 'zod-openapi';
import { createDocument, createSchema } from 'zod-openapi';
import { scopeQuery } from '../schemas/query.ts';
import type { Operation } from './operation.ts';
import { operations } from './operations.ts';
import { problem, validationProblem } from './problem.ts';

const settings: CreateDocumentOptions = {
  // Open JSON objects, which say so in their metadata.
  allowEmptySchema: { custom: true },
  override: ({ zodSchema, jsonSchema }) => {
    // Clients have to expect further fields in answers.
    if (zodSchema instanceof z.ZodObject && zodSchema.def.catchall === undefined) {
      delete jsonSchema.additionalProperties;
    }
    // These bounds are those of every integer in JavaScript.
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) {
      delete jsonSchema.minimum;
    }
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) {
      delete jsonSchema.maximum;
    }
  },
};

const paths: Record<string, ZodOpenApiPathItemObject> = {};
for (const [tag, named] of Object.entries(operations)) {
  for (const [operationId, operation] of Object.entries(named)) {
    const [method = '', path = ''] = operation.route.split(' ');
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: { tags: [tag], operationId, ...describe(operation, path) },
    };
  }
}

/** The OpenAPI 3.1 description of all that the embedded cloud serves to programs. */
export const openApiDocument: ReturnType<typeof createDocument> = createDocument(
  {
    openapi: '3.1.0',
    info: {
      title: 'Embedded LlamaCloud',
      // The date of the reference that it follows.
      version: '2026-05-20',
      description:
        'What the embedded cloud serves of the LlamaCloud Beta API: the operations of May 2026, ' +
        'and of the later ones those that the clients of today need.',
    },
    tags: Object.keys(operations).map((name) => ({ name })),
    security: [{ key: [] }],
    paths,
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  },
  settings,
);

/** One operation, as the document has it. */
function describe(operation: Operation, path: string): ZodOpenApiOperationObject {
  const { body, bodyType = 'application/json', answerType = 'application/json' } = operation;
  const { answer, status, query = scopeQuery } = operation;
  return {
    summary: operation.summary,
    ...(operation.signed === true ? { security: [] } : {}),
    parameters: [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) =>
        parameter('path', name, operation.path?.shape[name] ?? z.string()),
      ),
      ...parameters('query', query),
      ...parameters('header', operation.header ?? z.object()),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: operation.bodyOptional !== true,
            content: { [bodyType]: { schema: body } },
          },
        }),
    responses: {
      [status]:
        answer === undefined
          ? { description: 'Done' }
          : {
              description:
                answerType === 'text/event-stream'
                  ? 'Server-sent events; the data of each is one of these'
                  : 'Done',
              content: { [answerType]: { schema: answer } },
            },
      '422': {
        description: 'Values of the request are missing or wrong',
        content: { 'application/json': { schema: validationProblem } },
      },
      default: {
        description: 'Refused or failed, with the reason',
        content: { 'application/json': { schema: problem } },
      },
    },
  };
}

function parameters(place: 'query' | 'header', { shape }: z.ZodObject<core.$ZodShape>) {
  return Object.entries(shape).map(([name, schema]) => parameter(place, name, schema));
}

/** A parameter arrives as text; described is what that text is read as. */
function parameter(place: 'path' | 'query' | 'header', name: string, schema: core.$ZodType) {
  const required = schema._zod.optout === undefined;
  return { name, in: place, required, schema: createSchema(schema, { opts: settings }).schema };
}
