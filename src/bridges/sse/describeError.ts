import { ApiError, HttpError, JobError } from '../../errors.ts';

/** An error in words that may be shown to anybody. */
export interface ErrorDescription {
  /** The class of the error, such as `HttpError`; `Error` for all that are not this package's. */
  readonly kind: string;
  /** One sentence for people. */
  readonly message: string;
  /** The status that the service answered with. */
  readonly status?: number;
}

const sentences: Readonly<Record<string, string>> = {
  NetworkError: 'The service could not be reached, or its answer broke off.',
  ResponseError: 'The answer of the service could not be read.',
  StreamError: 'The answer of the service broke off.',
  FileError: 'A file could not be sent.',
  LinkError: 'A file could not be fetched.',
};

const endings: Readonly<Record<string, string>> = {
  failed: 'The job failed.',
  cancelled: 'The job was cancelled.',
  timeout: 'The job has not ended in time.',
  gone: 'The job is gone.',
};

/**
 * Describes an error without its own message, in which paths, ids and addresses of the server's side may stand.
 */
export function describeError(error: unknown): ErrorDescription {
  if (error instanceof HttpError) {
    const { name: kind, status } = error;
    return { kind, status, message: `The service answered with the status ${status}.` };
  }
  if (error instanceof JobError) {
    return { kind: error.name, message: endings[error.kind] ?? 'The job did not end well.' };
  }
  const kind = error instanceof ApiError ? error.name : 'Error';
  return { kind, message: sentences[kind] ?? 'Something went wrong on the server.' };
}
