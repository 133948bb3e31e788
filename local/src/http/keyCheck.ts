import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether this `Authorization` header bears the key. */
export type KeyCheck = (authorization: string | undefined) => boolean;

/**
 * Makes the check of a key.
 *
 * @throws TypeError when no client could send the key, or sends it without being told one: an empty key would let
 * everybody in.
 */
export function keyCheck(token: string): KeyCheck {
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new TypeError(
      'The API key must be one or more printable ASCII characters without blanks. ' +
        'Is the variable set that it comes from?',
    );
  }
  // Digests have one length, so that the comparison takes the same time for every wrong key.
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(token);

  return function bearsKey(authorization = '') {
    const given = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    return given !== undefined && timingSafeEqual(digest(given), expected);
  };
}
