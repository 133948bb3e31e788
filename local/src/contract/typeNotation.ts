/** What is read here of a JSON schema. `true` allows anything, `false` nothing. */
export type JsonSchema =
  | boolean
  | {
      readonly $ref?: string;
      readonly type?: string | readonly string[];
      readonly format?: string;
      readonly const?: unknown;
      readonly enum?: readonly unknown[];
      readonly anyOf?: readonly JsonSchema[];
      readonly oneOf?: readonly JsonSchema[];
      readonly items?: JsonSchema;
      readonly properties?: Readonly<Record<string, JsonSchema>>;
      readonly required?: readonly string[];
      readonly additionalProperties?: JsonSchema;
    };

/** What a JSON schema allows, in the notation of TypeScript: `string | null`, `Index[]`. */
export function typeNotation(schema: JsonSchema): string {
  if (typeof schema === 'boolean') {
    return schema ? 'unknown' : 'never';
  }
  if (schema.$ref !== undefined) {
    return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  }
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) {
    return joined(alternatives.map(typeNotation));
  }
  if (schema.const !== undefined) {
    return JSON.stringify(schema.const);
  }
  if (schema.enum !== undefined) {
    return joined(schema.enum.map((value) => JSON.stringify(value)));
  }
  const types = [schema.type ?? 'unknown'].flat();
  return joined(types.map((type) => (type === 'array' ? list(schema) : named(type, schema))));
}

function joined(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}

function list({ items = true }: Exclude<JsonSchema, boolean>): string {
  const item = typeNotation(items);
  return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
}

function named(type: string, schema: Exclude<JsonSchema, boolean>): string {
  if (type !== 'object') {
    return schema.format === undefined ? type : `${type} (${schema.format})`;
  }
  const { properties, required = [], additionalProperties = true } = schema;
  if (properties === undefined) {
    return `Record<string, ${typeNotation(additionalProperties)}>`;
  }
  const fields = Object.entries(properties).map(
    ([name, field]) => `${name}${required.includes(name) ? '' : '?'}: ${typeNotation(field)}`,
  );
  return fields.length === 0 ? '{}' : `{ ${fields.join('; ')} }`;
}
