/** A piece of SQL whose values are bound, never written into the text. */
export interface SqlFragment {
  readonly text: string;
  /** One for each `?` in `text`, in order. */
  readonly values: readonly (string | number | null)[];
}

/**
 * A piece of SQL from a template. Fragments put into it become part of the text; all else is
 * bound: `` sqlFragment`${condition} LIMIT ${10}` ``.
 */
export function sqlFragment(
  strings: TemplateStringsArray,
  ...parts: readonly (SqlFragment | string | number | null)[]
): SqlFragment {
  const fragments = parts.map((part) =>
    typeof part === 'object' && part !== null ? part : { text: '?', values: [part] },
  );
  return {
    text: strings.reduce((text, next, index) => text + (fragments[index - 1]?.text ?? '') + next),
    values: fragments.flatMap(({ values }) => values),
  };
}

/** The fragments one after the other, with `separator` between them. */
export function joinSql(
  fragments: readonly SqlFragment[],
  separator: ', ' | ' AND ' | ' OR ',
): SqlFragment {
  return {
    text: fragments.map(({ text }) => text).join(separator),
    values: fragments.flatMap(({ values }) => values),
  };
}
