/** A number as people read it: three digits that count, more only before the point, and thousands apart. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) {
    return '–';
  }
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return Number(value.toFixed(digits)).toLocaleString('en-US', { maximumFractionDigits: digits });
}
