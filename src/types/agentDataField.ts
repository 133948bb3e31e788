/** What a field is compared with. Dates are ISO 8601; integers beyond 2 ** 53 are a `bigint`. */
export type AgentDataFilterValue = number | bigint | string | null;

/**
 * Conditions on one field; all that are given must hold. `V` is what the field can be equal to, `B` what it can be more
 * or less than, `I` what it can be or, where it is a list, what can be in it.
 */
export interface AgentDataFilter<V = AgentDataFilterValue, B = V, I = V> {
  /** The field is this. */
  readonly eq?: V | undefined;
  /** The field is not this. */
  readonly ne?: V | undefined;
  /** The field is more than this. */
  readonly gt?: B | undefined;
  /** The field is this or more. */
  readonly gte?: B | undefined;
  /** The field is less than this. */
  readonly lt?: B | undefined;
  /** The field is this or less. */
  readonly lte?: B | undefined;
  /** The field is, or holds, one of these. */
  readonly includes?: readonly I[] | undefined;
  /** The field is, or holds, none of these. */
  readonly excludes?: readonly I[] | undefined;
}

/**
 * The fields of a record of the shape `T`, as filters and groups name them: `'total'`, and `'supplier.name'` for one
 * in a nested object, five levels deep at most. Any name where nothing is known of the record.
 */
export type AgentDataField<T extends object> = Entry<T>[0];

/**
 * Conditions by field of a record of the shape `T`: numbers are compared with numbers, text with text, a field of few
 * words with those words. Lists have `includes` and `excludes` of what is in them. A boolean is compared with `1` for
 * true and `0` for false, since the API has no booleans here; `null` stands for a field that is missing or null, where
 * the shape allows that. What the shape says nothing of can be compared with anything.
 */
export type AgentDataFieldFilters<T extends object> = {
  readonly [E in Entry<T> as E[0]]?: FilterOf<E[1]> | undefined;
};

/** Every field of `T` with what it holds. A name with a dot in it would be read as a path, and is left out. */
type Entry<
  T,
  Prefix extends string = '',
  Missing = never,
  Left extends number = 3,
> = T extends object
  ? {
      [K in keyof T & string]-?: K extends `${string}.${string}`
        ? never
        : | [`${Prefix}${K}`, T[K] | Missing]
          | Entry<
              Nested<T[K], Left>,
              `${Prefix}${K}.`,
              Missing | Extract<Comparable<T[K]>, null>,
              Below[Left]
            >;
    }[keyof T & string]
  : never;

/** How many levels there are below a level. */
type Below = [never, 0, 1, 2];

/** The objects among `V` that have fields to go into, as long as levels are left. */
type Nested<V, Left> = [Left] extends [never]
  ? never
  : V extends string | number | readonly unknown[]
    ? never
    : V extends object
      ? V
      : never;

/** The conditions that make sense on a field that holds `V`. */
type FilterOf<V> = unknown extends V
  ? AgentDataFilter
  : AgentDataFilter<Comparable<V>, Bound<V>, Comparable<V> | Listed<V>>;

/** What `V` can be equal to. */
type Comparable<V> = V extends boolean
  ? 0 | 1
  : V extends string | number
    ? V
    : V extends null | undefined
      ? null
      : never;

/** What `V` can be more or less than. */
type Bound<V> = V extends string ? string : V extends number ? number : never;

/** What can be in the lists among `V`. */
type Listed<V> = V extends readonly (infer I)[]
  ? unknown extends I
    ? AgentDataFilterValue
    : Comparable<I>
  : never;
