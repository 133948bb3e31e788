import { z } from 'zod';

/** What a file's metadata may hold: names, each with a simple value or a list of texts. */
export const fileMetadata = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]))
  .meta({ id: 'FileMetadata' });

/** An object whose one field is metadata, so that a problem in it is reported under its name. */
export const fileMetadataField = z.object({ metadata: fileMetadata });
