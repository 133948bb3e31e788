/**
 * Compares what the embedded cloud says of itself with the reference of the API: every operation,
 * parameter and field of the reference has to be there, as required or optional as in the
 * reference, of the same type and with the same literals. What the embedded cloud has beyond that
 * is listed. Exits with 1 when something is missing or different.
 *
 * node scripts/checkOpenApi.mjs [../shared/reference/endpoints.json]
 */

import { readFile } from 'node:fs/promises';
import { openApiDocument as ours } from '../local/src/contract/openApiDocument.ts';

const [path = '../shared/reference/endpoints.json'] = process.argv.slice(2);
const reference = JSON.parse(await readFile(path, 'utf8'));

/** What a schema comes down to without lists, maps, alternatives and null around it. */
function leaves(schema) {
  if (schema === undefined || schema === true || schema.type === 'null') {
    return [];
  }
  if (schema.$ref !== undefined) {
    return leaves(ours.components.schemas[schema.$ref.split('/').at(-1)]);
  }
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) {
    return alternatives.flatMap(leaves);
  }
  if (schema.type === 'array') {
    return leaves(schema.items);
  }
  const { additionalProperties: values = true } = schema;
  const isMap = schema.type === 'object' && schema.properties === undefined;
  return isMap && Object.keys(values).length > 0 ? leaves(values) : [schema];
}

/** Fields have names of small letters; anything else under a type is an alternative of it. */
const isField = ({ name }) => name !== null && !/^[A-Z]/.test(name);

const isLiteral = ({ name, type }) => name === null && type.startsWith('"');

/** How `schema` differs from a type of the reference. */
function differences(type, schema, at, place) {
  const found = leaves(schema);
  const children = type.children ?? [];
  const literals = children.filter(isLiteral).map((child) => JSON.parse(child.type));
  const fields = children.filter(isField);
  const others = children.filter((child) => !isField(child) && !isLiteral(child));
  return [
    ...(literals.length > 0 ? literalDifferences(literals, found, at) : []),
    ...(fields.length > 0
      ? closest(found, (leaf) => fieldDifferences(fields, leaf, at, place), at)
      : []),
    ...others.flatMap((child) =>
      closest(
        found,
        (leaf) => differences(child, leaf, `${at}<${child.name ?? child.type}>`, place),
        at,
      ),
    ),
    ...(children.length === 0 ? typeDifferences(type, found, at) : []),
  ];
}

/** What is more than the reference has; no difference that counts. */
const beyond = 'Beyond the reference: ';

const isBeyond = (difference) => difference.startsWith(beyond);

/** The differences from the leaf that differs least. */
function closest(found, compare, at) {
  const rank = (list) => list.length + 1000 * list.filter((each) => !isBeyond(each)).length;
  const [least] = found.map(compare).sort((one, other) => rank(one) - rank(other));
  return least ?? [`${at}: is missing`];
}

function literalDifferences(literals, found, at) {
  const known = found.flatMap((leaf) => leaf.enum ?? ('const' in leaf ? [leaf.const] : []));
  const missing = literals.filter((literal) => !known.includes(literal));
  const added = known.filter((literal) => !literals.includes(literal));
  return [
    ...missing.map((literal) => `${at}: "${literal}" is missing`),
    ...(literals.length > 1
      ? added.map((literal) => `${at}: "${literal}" is not in the reference`)
      : []),
  ];
}

function fieldDifferences(fields, leaf, at, place) {
  const { properties = {}, required = [] } = leaf;
  const names = fields.map(({ name }) => name);
  const added = Object.keys(properties).filter((name) => !names.includes(name));
  const differing = fields.flatMap((field) => {
    const name = `${at}.${field.name}`;
    if (properties[field.name] === undefined) {
      return [`${name}: is missing`];
    }
    const isRequired = required.includes(field.name);
    // An answer may promise more than the reference does.
    const differs =
      place === 'answer' ? !field.optional && !isRequired : !field.optional !== isRequired;
    return [
      ...(differs ? [`${name}: is ${isRequired ? 'required' : 'optional'}`] : []),
      ...differences(field, properties[field.name], name, place),
    ];
  });
  return [...added.map((name) => `${beyond}${at}.${name}`), ...differing];
}

function typeDifferences({ type }, found, at) {
  const wanted = /(string|number|boolean)\]?$/.exec(type)?.[1];
  const known = found
    .flatMap((leaf) => leaf.type ?? [])
    .map((each) => each.replace('integer', 'number'));
  return wanted === undefined || known.includes(wanted)
    ? []
    : [`${at}: is ${known.join(' | ') || 'anything'}, not ${type}`];
}

function operationDifferences({ method, url, path: inPath, query, header, body, returns }) {
  const at = `${method} ${url}`;
  const operation = ours.paths[url]?.[method.toLowerCase()];
  if (operation === undefined) {
    return [`${at}: is missing`];
  }
  const parameters = Object.entries({ path: inPath, query, header }).flatMap(
    ([place, fields = []]) => {
      const known = operation.parameters.filter((parameter) => parameter.in === place);
      const leaf = {
        properties: Object.fromEntries(known.map(({ name, schema }) => [name, schema])),
        required: known.filter(({ required }) => required).map(({ name }) => name),
      };
      return fieldDifferences(fields, leaf, `${at} ${place}`, 'request');
    },
  );
  const [answer] = Object.values(operation.responses);
  const media = ({ content = {} } = {}) => Object.values(content)[0]?.schema;
  return [
    ...parameters,
    ...(body
      ? differences({ children: body }, media(operation.requestBody), `${at} body`, 'request')
      : []),
    ...(returns ? differences({ children: returns }, media(answer), `${at} answer`, 'answer') : []),
  ];
}

const all = [...new Set(reference.flatMap(operationDifferences))];
const found = all.filter((each) => !isBeyond(each));
for (const line of [...all.filter(isBeyond), ...found]) {
  console.log(line);
}
console.log(`${reference.length} operations compared, ${found.length} differences`);
process.exitCode = found.length === 0 ? 0 : 1;
