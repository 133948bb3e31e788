import type { FileMetadata, FileMetadataValue } from '../../../src/types/directoryFiles.ts';
import type { CustomFilter, FilterOperator, RetrieveBody } from '../../../src/types/retrieval.ts';

type Scalar = string | number | boolean;
interface Comparison {
  readonly operator: FilterOperator;
  readonly value: Scalar | readonly Scalar[];
}

/**
 * Whether a file passes the filters of a question: all of them.
 *
 * As in MongoDB, whose operators these are: a list matches `eq`, `in` and the bounds when one of
 * its elements does, `ne` and `nin` are their opposites and so hold for files without the field,
 * and values of different types are never equal nor in any order.
 */
export function matchesFilters(
  file: { readonly id: string; readonly metadata: FileMetadata },
  filters: Pick<RetrieveBody, 'static_filters' | 'custom_filters'>,
): boolean {
  const byFile = filters.static_filters?.parsed_directory_file_id;
  return (
    (byFile == null || matches(file.id, byFile)) &&
    Object.entries(filters.custom_filters ?? {}).every(
      ([field, filter]) =>
        filter === null ||
        comparisons(filter).every((comparison) =>
          matches(Object.hasOwn(file.metadata, field) ? file.metadata[field] : null, comparison),
        ),
    )
  );
}

function comparisons(filter: CustomFilter): readonly Comparison[] {
  return isList(filter) ? filter : [filter];
}

function matches(
  value: FileMetadataValue | undefined,
  { operator, value: operand }: Comparison,
): boolean {
  const values: readonly Scalar[] = isList(value) ? value : value == null ? [] : [value];
  const operands = isList(operand) ? operand : [operand];
  const isIn = values.some((each) => operands.includes(each));
  switch (operator) {
    case 'eq':
      return isList(operand) ? isSameList(values, operand) : isIn;
    case 'ne':
      return !(isList(operand) ? isSameList(values, operand) : isIn);
    case 'in':
      return isIn;
    case 'nin':
      return !isIn;
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return values.some((each) => operands.every((bound) => isOrdered(each, operator, bound)));
  }
}

function isOrdered(value: Scalar, operator: 'gt' | 'gte' | 'lt' | 'lte', bound: Scalar): boolean {
  if (typeof value !== typeof bound) {
    return false;
  }
  switch (operator) {
    case 'gt':
      return value > bound;
    case 'gte':
      return value >= bound;
    case 'lt':
      return value < bound;
    case 'lte':
      return value <= bound;
  }
}

function isSameList(left: readonly Scalar[], right: readonly Scalar[]): boolean {
  return left.length === right.length && left.every((each, index) => each === right[index]);
}

// Array.isArray does not narrow readonly arrays.
function isList<T>(value: T): value is Extract<T, readonly unknown[]> {
  return Array.isArray(value);
}
