/** In every Node that runs this; TypeScript does not know it yet. */
const { rawJSON } = JSON as { readonly rawJSON?: (text: string) => unknown };

/**
 * `JSON.stringify`, where a `bigint` is a number with all its digits. Without one, it costs the same.
 *
 * @throws TypeError as `JSON.stringify` does, for a value that holds itself.
 */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError && rawJSON)) {
      throw error;
    }
    return JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'bigint' ? rawJSON(String(part)) : part,
    );
  }
}
