/**
 * Proves, when the project is type-checked, that the schemas which answers are held to are what
 * `src/types` declares: same fields, same types, same optionality, in both directions. Pages are
 * held to more than is declared: the embedded cloud always sends `items`.
 */

import { expectTypeOf } from 'vitest';
import type { z } from 'zod';
import type { ValidationDetail } from '../../../src/errors.ts';
import type { AgentData, AgentDataGroup, DeletedAgentData } from '../../../src/types/agentData.ts';
import type { BatchItem, BatchItemResults } from '../../../src/types/batchItems.ts';
import type {
  BatchJob,
  BatchJobProgress,
  CancelledBatchJob,
} from '../../../src/types/batchJobs.ts';
import type { ChatEvent, ChatSession, ChatSessionHistory } from '../../../src/types/chat.ts';
import type { Directory } from '../../../src/types/directories.ts';
import type { DirectoryFile } from '../../../src/types/directoryFiles.ts';
import type { Index } from '../../../src/types/indexes.ts';
import type { Page } from '../../../src/types/page.ts';
import type { PresignedUrl } from '../../../src/types/presignedUrl.ts';
import type {
  GrepFileAnswer,
  ReadFileAnswer,
  RetrieveAnswer,
  SearchFilesAnswer,
} from '../../../src/types/retrieval.ts';
import type { SheetsJob } from '../../../src/types/sheets.ts';
import type { SplitJob } from '../../../src/types/split.ts';
import type {
  agentDataGroup,
  agentDataRecord,
  deletedAgentData,
} from '../../src/contract/agentData.ts';
import type { batchItem, batchItemResults } from '../../src/contract/batchItems.ts';
import type {
  batchJob,
  batchJobProgress,
  cancelledBatchJob,
} from '../../src/contract/batchJobs.ts';
import type { chatEvent, chatSession, chatSessionHistory } from '../../src/contract/chat.ts';
import type { directories, directory } from '../../src/contract/directories.ts';
import type { directoryFile } from '../../src/contract/directoryFiles.ts';
import type { index } from '../../src/contract/indexes.ts';
import type { presignedUrl } from '../../src/contract/presignedUrl.ts';
import type { validationProblem } from '../../src/contract/problem.ts';
import type {
  grepFileAnswer,
  readFileAnswer,
  retrieveAnswer,
  searchFilesAnswer,
} from '../../src/contract/retrieval.ts';
import type { sheetsJob } from '../../src/contract/sheets.ts';
import type { splitJob } from '../../src/contract/split.ts';

/** `T` without `readonly` and without the `undefined` that optional fields may spell out. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<Exclude<T[Key], undefined>> }
    : T;

type Answer<Schema extends z.ZodType> = Plain<z.output<Schema>>;

expectTypeOf<Answer<typeof directory>>().toEqualTypeOf<Plain<Directory>>();
expectTypeOf<Answer<typeof directoryFile>>().toEqualTypeOf<Plain<DirectoryFile>>();
expectTypeOf<Answer<typeof presignedUrl>>().toEqualTypeOf<Plain<PresignedUrl>>();

expectTypeOf<Answer<typeof batchJob>>().toEqualTypeOf<Plain<BatchJob>>();
expectTypeOf<Answer<typeof batchJobProgress>>().toEqualTypeOf<Plain<BatchJobProgress>>();
expectTypeOf<Answer<typeof cancelledBatchJob>>().toEqualTypeOf<Plain<CancelledBatchJob>>();
expectTypeOf<Answer<typeof batchItem>>().toEqualTypeOf<Plain<BatchItem>>();
expectTypeOf<Answer<typeof batchItemResults>>().toEqualTypeOf<Plain<BatchItemResults>>();

expectTypeOf<Answer<typeof index>>().toEqualTypeOf<Plain<Index>>();
expectTypeOf<Answer<typeof retrieveAnswer>>().toEqualTypeOf<Plain<RetrieveAnswer>>();
expectTypeOf<Answer<typeof searchFilesAnswer>>().toEqualTypeOf<Plain<SearchFilesAnswer>>();
expectTypeOf<Answer<typeof grepFileAnswer>>().toEqualTypeOf<Plain<GrepFileAnswer>>();
expectTypeOf<Answer<typeof readFileAnswer>>().toEqualTypeOf<Plain<ReadFileAnswer>>();

expectTypeOf<Answer<typeof chatEvent>>().toEqualTypeOf<Plain<ChatEvent>>();
expectTypeOf<Answer<typeof chatSession>>().toEqualTypeOf<Plain<ChatSession>>();
expectTypeOf<Answer<typeof chatSessionHistory>>().toEqualTypeOf<Plain<ChatSessionHistory>>();

expectTypeOf<Answer<typeof agentDataRecord>>().toEqualTypeOf<Plain<AgentData>>();
expectTypeOf<Answer<typeof agentDataGroup>>().toEqualTypeOf<Plain<AgentDataGroup>>();
expectTypeOf<Answer<typeof deletedAgentData>>().toEqualTypeOf<Plain<DeletedAgentData>>();

expectTypeOf<Answer<typeof sheetsJob>>().toEqualTypeOf<Plain<SheetsJob>>();
expectTypeOf<Answer<typeof splitJob>>().toEqualTypeOf<Plain<SplitJob>>();

expectTypeOf<Answer<typeof directories.listDirectories.answer>>().toExtend<
  Plain<Page<Directory>>
>();
expectTypeOf<z.output<typeof validationProblem>['detail'][number]>().toExtend<ValidationDetail>();
