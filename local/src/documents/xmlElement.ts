import { XMLParser } from 'fast-xml-parser';

/** An XML element with its prefix in the name (`a:p`), in document order. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, entities resolved, white space kept. */
  readonly text: string;
  /** The texts and elements directly inside, in order. */
  readonly content: readonly (string | XmlElement)[];
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  // Entities are resolved below: the parser leaves numeric ones alone, and the entities that a
  // document type declares are how XML bombs are built.
  processEntities: false,
  // Deep group nesting in slides is legal; the default of 100 refuses some real files.
  maxNestedTags: 1_000,
});

/** Parses a well-formed XML document into its root element. */
export function parseXml(xml: string): XmlElement {
  const nodes: unknown = parser.parse(xml);
  const root = toElements(nodes).find((element) => !element.name.startsWith('?'));
  if (root === undefined) {
    throw new SyntaxError('The XML has no root element.');
  }
  return root;
}

/** Every element below `element` that has the name, in document order; none inside another. */
export function descendants(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) =>
    child.name === name ? [child] : descendants(child, name),
  );
}

function toElements(nodes: unknown): XmlElement[] {
  return isArray(nodes) ? nodes.flatMap(toElement) : [];
}

// The parser's ordered form of an element: { 'a:p': [child, …], ':@': { attribute: value } }.
function toElement(node: unknown): XmlElement[] {
  if (!isRecord(node)) {
    return [];
  }
  const { ':@': attributes, ...rest } = node;
  return Object.entries(rest)
    .filter(([name]) => name !== '#text')
    .map(([name, nodes]) => ({ name, content: contentOf(nodes) }))
    .map(({ name, content }) => ({
      name,
      content,
      attributes: isRecord(attributes)
        ? Object.fromEntries(
            Object.entries(attributes).map(([key, value]) => [key, resolveEntities(String(value))]),
          )
        : {},
      children: content.filter((part) => typeof part !== 'string'),
      text: content.filter((part) => typeof part === 'string').join(''),
    }));
}

function contentOf(nodes: unknown): (string | XmlElement)[] {
  return isArray(nodes)
    ? nodes.flatMap((node): (string | XmlElement)[] =>
        isRecord(node) && '#text' in node
          ? [resolveEntities(String(node['#text']))]
          : toElement(node),
      )
    : [];
}

const named: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function resolveEntities(text: string): string {
  return text.replaceAll(/&(#?\w{1,8});/g, (entity, name: string) => {
    // `Number` reads both the decimal and, led by 0, the hexadecimal form: &#246; &#xF6;
    const code = name.startsWith('#') ? Number(name.slice(1).replace(/^x/i, '0x')) : Number.NaN;
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : (named.get(name) ?? entity);
  });
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
