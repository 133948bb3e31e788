import { request } from 'undici';

/** The JSON of one answer, as undici's own guide reads it. */
export async function requestJson<T>(url: string): Promise<T> {
  const { body } = await request(url);
  return (await body.json()) as T;
}
