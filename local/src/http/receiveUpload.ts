import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';
import type { Blobs, StoredBlob } from '../store/blobs.ts';
import { BlobTooLargeError } from '../store/blobs.ts';
import { ApiProblem, invalid } from './apiProblem.ts';
import { mediaType, wrongMediaType } from './mediaType.ts';

/** Largest file that an upload may bring, in bytes: 512 MiB, the service's own limit. */
export const largestUpload = 512 * 1024 * 1024;

/** Room in a request for the text fields and the boundaries around the file, in bytes. */
const formOverhead = 4 * 1024 * 1024;

/** An upload that has been received whole. */
export interface ReceivedUpload {
  /** The file's own name, without any folder. */
  readonly name: string;
  readonly blob: StoredBlob;
  /** The text fields that came along. */
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Reads a multipart request, streaming the part `upload_file` straight to disk.
 *
 * Rejects with 415 when it is of another type, with 413 as soon as the file is found to be larger than `largest` bytes, and with
 * 422 when the part is missing or the form is malformed; nothing is stored then.
 */
export async function receiveUpload(
  incoming: IncomingMessage,
  blobs: Blobs,
  largest: number,
): Promise<ReceivedUpload> {
  if (Number(incoming.headers['content-length']) > largest + formOverhead) {
    throw tooLarge(largest);
  }
  const contentType = incoming.headers['content-type'];
  if (mediaType(contentType) !== 'multipart/form-data') {
    throw wrongMediaType('multipart/form-data', contentType);
  }
  const form = openForm(incoming);
  const fields: Record<string, string> = {};
  let file: { readonly name: string; readonly blob: Promise<StoredBlob> } | undefined;

  form.on('field', (name, value) => {
    fields[name] = value;
  });
  form.on('file', (field, content, info) => {
    if (field !== 'upload_file') {
      content.resume();
      return;
    }
    const blob = blobs.write(content, largest);
    blob.catch((cause: unknown) => form.destroy(cause instanceof Error ? cause : undefined));
    // Busboy's types call it a string, yet it is undefined when the part has no name.
    const filename: string | undefined = info.filename;
    file = { name: filename === undefined || filename === '' ? 'file' : filename, blob };
  });

  try {
    await received(incoming, form);
    if (file === undefined) {
      throw missingFile();
    }
    return { name: file.name, blob: await file.blob, fields };
  } catch (cause) {
    // The temporary file is gone once the write has settled; only then the request may end.
    await file?.blob.catch(() => undefined);
    throw toProblem(cause, largest);
  }
}

function openForm(incoming: IncomingMessage): busboy.Busboy {
  try {
    return busboy({
      headers: incoming.headers,
      defParamCharset: 'utf8',
      limits: { files: 1, fields: 20, fieldSize: 1024 * 1024 },
    });
  } catch {
    // It has no boundary.
    throw missingFile();
  }
}

/** Resolves when the form has been read whole. Not `pipeline`: that would cut the connection,
 *  and with it the answer, when the form fails. */
function received(incoming: IncomingMessage, form: busboy.Busboy): Promise<void> {
  return new Promise((resolve, reject) => {
    form.once('close', resolve);
    form.once('error', (cause) => {
      incoming.unpipe(form);
      const unnamed = 'a part cannot be read; a name must not hold NUL';
      reject(cause instanceof Error && cause.message !== '' ? cause : new Error(unnamed));
    });
    incoming.once('close', () => {
      if (!incoming.complete) {
        form.destroy(new Error('The connection closed before the upload was complete'));
      }
    });
    incoming.pipe(form);
  });
}

function toProblem(cause: unknown, largest: number): unknown {
  if (cause instanceof ApiProblem) {
    return cause;
  }
  if (cause instanceof BlobTooLargeError) {
    return tooLarge(largest);
  }
  if (cause instanceof Error && !('code' in cause)) {
    // Errors of the disk carry a code; those of the form do not.
    return invalid({ type: 'value_error', loc: ['body'], msg: `Malformed form: ${cause.message}` });
  }
  return cause;
}

function tooLarge(largest: number): ApiProblem {
  return new ApiProblem(
    413,
    `The upload is larger than ${largest} bytes, the most a file may hold`,
  );
}

function missingFile(): ApiProblem {
  return invalid({ type: 'missing', loc: ['body', 'upload_file'], msg: 'Field required' });
}
