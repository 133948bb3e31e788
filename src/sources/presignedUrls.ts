/** Presigned URLs: links to single private files, handed out by other operations. */

import type { Observable } from 'rxjs';
import type { Connection } from '../http/connection.ts';
import { download } from '../http/download.ts';
import type { PresignedUrl } from '../types/presignedUrl.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Emits the file's bytes as they arrive, then completes. The connection's credentials stay here, a
 * redirect is an error, and unsubscribing closes the socket. Errors with `LinkError` when the link
 * has expired, or leads where `connect({ presigned })` lets no link lead; not repeated after a failure,
 * as what was emitted cannot be taken back.
 */
export function downloadPresignedUrl(
  connection: Connection,
  presignedUrl: PresignedUrl,
): Observable<Uint8Array> {
  checkKind('downloadPresignedUrl: presignedUrl', presignedUrl, 'object');
  return download(connection, presignedUrl);
}
