import { directoriesSchema } from './directories.ts';
import { directoryFilesSchema } from './directoryFiles.ts';
import { filesSchema } from './files.ts';
import { settingsSchema } from './settings.ts';

/** Every table of `cloud.db`, in an order that suits their references. */
export const cloudSchema: string = [
  settingsSchema,
  directoriesSchema,
  filesSchema,
  directoryFilesSchema,
].join('\n');
