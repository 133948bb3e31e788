/** The OpenAPI document as tests read it. */

/** What is read of a JSON schema. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minLength?: number;
  readonly minItems?: number;
  readonly items?: Schema;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

/** What is read of an OpenAPI document. */
export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** An operation with its place: `POST /api/v1/indexes`. */
export interface PlacedOperation extends DescribedOperation {
  readonly route: string;
  /** What its body has to be, where that is JSON. */
  readonly body: Schema | undefined;
}

/** All operations of a document. */
export function operationsIn({ paths }: ApiDocument): readonly PlacedOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      route: `${method.toUpperCase()} ${path}`,
      body: operation.requestBody?.content?.['application/json']?.schema,
    })),
  );
}

/** The smallest value that a schema allows. */
export function smallestValue(document: ApiDocument, schema: Schema): unknown {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice('#/components/schemas/'.length);
    return smallestValue(document, document.components.schemas[name] ?? {});
  }
  if (schema.anyOf !== undefined) {
    const values = schema.anyOf.map((each) => smallestValue(document, each));
    const sizes = values.map((value) => JSON.stringify(value).length);
    return values[sizes.indexOf(Math.min(...sizes))];
  }
  if (schema.const !== undefined || schema.enum !== undefined) {
    return schema.const ?? schema.enum?.[0];
  }
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [
          name,
          smallestValue(document, schema.properties?.[name] ?? {}),
        ]),
      );
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () =>
        smallestValue(document, schema.items ?? {}),
      );
    case 'string':
      return 'x'.repeat(schema.minLength ?? 1);
    default:
      return 1;
  }
}
