import { html, raw } from 'hono/html';
import { openApiDocument } from './openApiDocument.ts';
import type { JsonSchema } from './typeNotation.ts';
import { typeNotation } from './typeNotation.ts';

const { info, tags = [], paths = {}, components } = openApiDocument;
const schemas: Readonly<Record<string, JsonSchema>> = components?.schemas ?? {};

const operations = Object.entries(paths).flatMap(([path, item]) =>
  (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
    const operation = item[method];
    return operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }];
  }),
);

/** A type, with the names of components as links to them. */
function typeCell(schema: JsonSchema) {
  const parts = typeNotation(schema).split(new RegExp(`\\b(${Object.keys(schemas).join('|')})\\b`));
  return html`<code
    >${parts.map((part) => (part in schemas ? html`<a href="#${part}">${part}</a>` : part))}</code
  >`;
}

/** The fields of an object as a table, anything else as its type. */
function schemaView(schema: JsonSchema) {
  if (typeof schema === 'boolean' || schema.properties === undefined) {
    return html`<p>${typeCell(schema)}</p>`;
  }
  const { properties, required = [] } = schema;
  return fieldTable(
    Object.entries(properties).map(([name, field]) => ({
      name,
      required: required.includes(name),
      schema: field,
    })),
  );
}

interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly place?: string;
}

function fieldTable(fields: readonly Field[]) {
  return html`<table>
    ${fields.map(
      ({ name, required, schema, place }) =>
        html`<tr>
          <th><code>${name}</code></th>
          <td>${[place ?? [], required ? 'required' : []].flat().join(', ')}</td>
          <td>${typeCell(schema)}</td>
        </tr>`,
    )}
  </table>`;
}

function contentView(title: string, content: object | undefined) {
  return Object.entries(content ?? {}).map(
    ([type, media]: [string, { schema?: JsonSchema }]) =>
      html`<h4>${title} <small>${type}</small></h4>
        ${schemaView(media.schema ?? true)}`,
  );
}

function operationView({ method, path, operation }: (typeof operations)[number]) {
  const { parameters = [], requestBody, responses = {} } = operation;
  const named = parameters.flatMap((parameter) =>
    'name' in parameter
      ? {
          ...parameter,
          required: parameter.required ?? false,
          place: parameter.in,
          schema: parameter.schema ?? true,
        }
      : [],
  );
  // Statuses come in rising order, the success first.
  const answers: Readonly<Record<string, { readonly content?: object }>> = responses;
  const [status = '', answer] = Object.entries(answers)[0] ?? [];
  return html`<section id="${operation.operationId}">
    <h3>${operation.summary}</h3>
    <p class="route"><b>${method}</b> ${path}</p>
    ${fieldTable(named)}
    ${
      requestBody !== undefined && 'content' in requestBody
        ? contentView('Body', requestBody.content)
        : ''
    }
    ${contentView(`Answer ${status}`, answer?.content)}
  </section>`;
}

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
  nav { columns: 3 14rem; } nav div { break-inside: avoid; margin-bottom: 1rem; } nav a { display: block; }
  section { border-top: 1px solid #8884; margin-top: 2rem; }
  table { border-collapse: collapse; } th, td { padding: 0.15rem 1rem 0.15rem 0; text-align: left; vertical-align: top; }
  code, .route { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
  small { font-weight: normal; }
  :root { color-scheme: light dark; }
`;

/** The OpenAPI document as a page for people: one file, with nothing to fetch or to run. */
export const docsPage = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>${info.title}</title>
      <style>
        ${raw(style)}
      </style>
    </head>
    <body>
      <h1>${info.title} ${info.version}</h1>
      <p>${info.description}</p>
      <p>
        Send the API key as <code>Authorization: Bearer …</code>. For programs, the same is at
        <a href="/openapi.json">/openapi.json</a>.
      </p>
      <nav>
        ${tags.map(
          ({ name }) =>
            html`<div>
              <b>${name}</b>
              ${operations
                .filter(({ operation }) => operation.tags?.includes(name))
                .map(
                  ({ operation }) =>
                    html`<a href="#${operation.operationId}">${operation.operationId}</a>`,
                )}
            </div>`,
        )}
      </nav>
      ${tags.map(({ name }) => [
        html`<h2>${name}</h2>`,
        operations.filter(({ operation }) => operation.tags?.includes(name)).map(operationView),
      ])}
      <h2>Types</h2>
      ${Object.entries(schemas).map(
        ([name, schema]) =>
          html`<section id="${name}">
            <h3>${name}</h3>
            ${schemaView(schema)}
          </section>`,
      )}
    </body>
  </html>`;
