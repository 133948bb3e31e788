import { ApiProblem } from './apiProblem.ts';

/** The media type of a `content-type` header, without parameters and in lower case; empty where there is none. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The 415 for a body of another type. A browser sends some types for any page, without asking the server first. */
export function wrongMediaType(expected: string, contentType: string | undefined): ApiProblem {
  const type = mediaType(contentType);
  const given = type === '' ? 'no content-type' : JSON.stringify(type.slice(0, 80));
  return new ApiProblem(415, `The body must be ${expected}, and came with ${given}`);
}
