const ISO =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * A point in time as microseconds since 1970, from ISO 8601; UTC where the text names no zone, as servers leave it out.
 * `NaN` for what is no point in time. As text such times do not compare, since a fraction of zero is left out as well;
 * as a `Date` they would lose what is below a millisecond.
 */
export function instantOf(text: string): number {
  const [, date = '', time = '00:00', fraction = '', zone = 'Z'] = ISO.exec(text) ?? [];
  // `Date.parse` wants the minutes of a zone.
  const offset = zone.length === 3 ? `${zone}:00` : zone;
  return Date.parse(`${date}T${time}${offset}`) * 1_000 + Math.round(Number(`0.${fraction}`) * 1e6);
}
