import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PresignedUrl } from '../../../src/types/presignedUrl.ts';
import type { Clock } from '../clock.ts';

/** How long a presigned URL can be used unless it is said, in milliseconds: one hour. */
const usualLifetime = 3_600_000;

/** Makes and checks links to stored files that need no API key. */
export interface PresignedUrls {
  /** A link to the file under `origin`, valid for `lifetime` milliseconds, else for one hour. */
  create(origin: string, fileId: string, lifetime?: number): PresignedUrl;
  /** Why the link must not be followed, or `undefined` when it may. */
  refusal(fileId: string, expires: string, signature: string): string | undefined;
}

/** Links signed with HMAC-SHA-256 under `secret`, over the file's id and the time of expiry. */
export function createPresignedUrls(secret: string, clock: Clock): PresignedUrls {
  const sign = (fileId: string, expires: string) =>
    createHmac('sha256', secret).update(`${fileId}\n${expires}`).digest('base64url');

  return {
    create(origin, fileId, lifetime = usualLifetime) {
      const expires = clock.now() + lifetime;
      const query = new URLSearchParams({
        expires: String(expires),
        signature: sign(fileId, String(expires)),
      });
      return {
        url: `${origin}/files/${fileId}?${query.toString()}`,
        expires_at: new Date(expires).toISOString(),
        form_fields: null,
      };
    },

    refusal(fileId, expires, signature) {
      const expected = Buffer.from(sign(fileId, expires));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        return 'This link was not signed by this server; ask the API for a new one';
      }
      return Number(expires) < clock.now()
        ? 'This link has expired; ask the API for a new one'
        : undefined;
    },
  };
}
