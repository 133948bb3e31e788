// Operators over any stream, and errors: what runs anywhere
export * from './operators.ts';

// Connection
export { activity } from './http/activity.ts';
export { close, type CloseConfig } from './http/close.ts';
export { type Connection, connect } from './http/connection.ts';
export type { ConnectionConfig, Timeouts } from './http/connectionConfig.ts';
export type { JsonReviver } from './http/reviveJson.ts';
export type { TokenFunction } from './http/tokenSource.ts';
export type { PresignedConfig } from './http/linkPolicy.ts';
export type { RetryClass } from './http/retryClass.ts';
export type { RetryConfig, RetryDecision, RetryFailure, RetryPolicy } from './http/retryPolicy.ts';

// Indexes
export {
  createIndex,
  deleteIndex,
  getIndex,
  listIndexes,
  syncIndex,
  watchIndex,
} from './sources/indexes.ts';

// Retrieval
export { grepFile, readFile, retrieve, searchFiles } from './sources/retrieval.ts';

// Chat
export {
  createChatSession,
  deleteChatSession,
  generateChatSessionTitle,
  getChatSession,
  getChatSessionSummary,
  listChatSessions,
  streamChat,
} from './sources/chat.ts';

// Agent data
export {
  aggregateAgentData,
  createAgentData,
  deleteAgentData,
  deleteMatchingAgentData,
  getAgentData,
  searchAgentData,
  updateAgentData,
} from './sources/agentData.ts';

// Sheets
export {
  createSheetsJob,
  deleteSheetsJob,
  getSheetsJob,
  getSheetsRegionResult,
  listSheetsJobs,
  watchSheetsJob,
} from './sources/sheets.ts';

// Directories and their files
export {
  createDirectory,
  deleteDirectory,
  getDirectory,
  listDirectories,
  updateDirectory,
} from './sources/directories.ts';
export {
  createDirectoryFile,
  deleteDirectoryFile,
  deleteDirectoryFiles,
  getDirectoryFile,
  listDirectoryFiles,
  updateDirectoryFile,
  uploadDirectoryFile,
} from './sources/directoryFiles.ts';
export { downloadPresignedUrl } from './sources/presignedUrls.ts';

// Batch processing
export {
  cancelBatchJob,
  createBatchJob,
  getBatchJob,
  listBatchJobs,
  watchBatchJob,
} from './sources/batchJobs.ts';
export { getBatchItemResults, listBatchJobItems } from './sources/batchItems.ts';

// Split
export { createSplitJob, getSplitJob, listSplitJobs, watchSplitJob } from './sources/split.ts';

// Bridges
export { uiMessageResponse, type UIMessageResponseConfig } from './bridges/uiMessageResponse.ts';
export { firstValue } from './bridges/firstValue.ts';
export { fromAsyncIterable } from './bridges/fromAsyncIterable.ts';
export { fromWebhooks, type Webhooks, type WebhooksConfig } from './bridges/fromWebhooks.ts';
export type { WebhookRefusal, WebhookRefusalReason } from './bridges/webhooks/webhookRefusal.ts';
export { lastValue } from './bridges/lastValue.ts';
export { type OverflowConfig, OverflowError } from './bridges/overflow.ts';
export type { DefaultValueConfig, ValueConfig } from './bridges/settle.ts';
export { pushOrPoll, type PushOrPollConfig } from './bridges/pushOrPoll.ts';
export { toAsyncIterable, type ToAsyncIterableConfig } from './bridges/toAsyncIterable.ts';
export { toReadableStream } from './bridges/toReadableStream.ts';
export { type SseConfig, type SseFeed, toSse } from './bridges/toSse.ts';
export type { ErrorDescription } from './bridges/sse/describeError.ts';
export type { SseMessage } from './bridges/sse/sseMessage.ts';

// Workflows
export { chatLoop, type ChatLoopConfig, type ChatStep } from './workflows/chatLoop.ts';
export { resumeChat, type ResumeChatConfig } from './workflows/resumeChat.ts';
export {
  type ChangedJob,
  type JobChange,
  type JobKind,
  type JobsByKind,
  jobWatcher,
  type JobWatcher,
  type JobWatcherConfig,
  type LostJob,
} from './workflows/jobWatcher.ts';
export { batchItems, type BatchItemsConfig } from './workflows/batchItems.ts';
export { watchMany } from './workflows/watchMany.ts';
export { fanOutUpload, type FanOutUploadConfig } from './workflows/fanOutUpload.ts';
export type {
  FanOutUploadEvent,
  ItemFailedEvent,
  ItemProgressEvent,
  ItemSkippedEvent,
  ItemUploadedEvent,
  ItemWouldUploadEvent,
  QueuedEvent,
  StartedEvent,
  ThrottledEvent,
  UploadSummary,
} from './workflows/fanOutUploadEvent.ts';
export { syncFolder, type SyncFolderConfig } from './workflows/syncFolder.ts';
export type {
  PassFailedEvent,
  RemovalEvent,
  RemovalFailedEvent,
  RemovalHeldEvent,
  RemovedEvent,
  SyncedEvent,
  SyncFolderEvent,
  WouldRemoveEvent,
} from './workflows/syncFolderEvent.ts';
export { uploadFolder, type UploadFolderConfig } from './workflows/uploadFolder.ts';
export type { NamedContent, UploadItem } from './workflows/uploadItem.ts';
export {
  type AgentDataChange,
  type SeenAgentDataChange,
  watchAgentData,
  type WatchAgentDataBody,
  type WatchAgentDataConfig,
} from './workflows/watchAgentData.ts';
export {
  type DirectoryChange,
  type RemovedFile,
  watchDirectory,
  type WatchDirectoryConfig,
  type WatchDirectoryQuery,
} from './workflows/watchDirectory.ts';
export {
  expandContext,
  type ExpandContextConfig,
  type Surroundings,
} from './workflows/expandContext.ts';
export type { ChunkContext } from './workflows/contextReads.ts';
export { createManyAgentData, type CreateManyEvent } from './workflows/createManyAgentData.ts';
export { upsertAgentData, type UpsertAgentDataBody } from './workflows/upsertAgentData.ts';

// Folders
export {
  type FolderEntry,
  type FolderFile,
  type SkippedEntry,
  type UnreadableEntry,
  walkFolder,
  type WalkFolderConfig,
} from './folders/walkFolder.ts';

// Options
export type {
  ActivityEvent,
  AnsweredActivity,
  Attempt,
  CancelledActivity,
  FailedActivity,
  LineActivity,
  LostActivity,
  QueuedActivity,
  RateActivity,
  ReceivedActivity,
  ResumedActivity,
  RetryingActivity,
  SentActivity,
  ThrottledActivity,
  WaitingActivity,
} from './http/activityEvent.ts';
export type { List } from './http/list.ts';
export type { ReceivedFile, RepeatableSource, UploadSource } from './http/uploadSource.ts';
export type { WatchConfig } from './http/watchTiming.ts';
export type { UploadDirectoryFileBody } from './sources/directoryFiles.ts';

// What goes over the wire
export type { Scope } from './types/scope.ts';
export type { Page, PageQuery } from './types/page.ts';
export type {
  CreateIndexBody,
  Index,
  IndexMetadata,
  IndexProduct,
  ListIndexesQuery,
} from './types/indexes.ts';
export type {
  ChunkAttachment,
  ChunkFields,
  CustomFilter,
  FilterOperator,
  GrepFileAnswer,
  GrepFileBody,
  GrepMatch,
  IndexFile,
  ReadFileAnswer,
  ReadFileBody,
  RerankOptions,
  RetrievalFilter,
  RetrieveAnswer,
  RetrieveBody,
  RetrievedChunk,
  SearchFilesAnswer,
  SearchFilesBody,
  StaticFilters,
} from './types/retrieval.ts';
export type {
  ChatEvent,
  ChatRun,
  ChatSession,
  ChatSessionHistory,
  ChatUsage,
  CreateChatSessionBody,
  GenerateChatSessionTitleBody,
  ImageAttachment,
  ListChatSessionsQuery,
  StopEvent,
  StreamChatBody,
  TextDeltaEvent,
  TextEvent,
  ThinkingDeltaEvent,
  ThinkingEvent,
  ToolCallEvent,
  ToolResultEvent,
  UserInputEvent,
} from './types/chat.ts';
export type {
  AgentData,
  AgentDataCollection,
  AgentDataGroup,
  AggregateAgentDataBody,
  CreateAgentDataBody,
  DeletedAgentData,
  FilterAgentDataBody,
  SearchAgentDataBody,
  UpdateAgentDataBody,
} from './types/agentData.ts';
export type {
  AgentDataField,
  AgentDataFieldFilters,
  AgentDataFilter,
  AgentDataFilterValue,
} from './types/agentDataField.ts';
export type { JobStatus } from './types/jobStatus.ts';
export type { JobListQuery } from './types/jobListQuery.ts';
export type {
  CreateSheetsJobBody,
  GetSheetsJobQuery,
  GetSheetsRegionResultQuery,
  ListSheetsJobsQuery,
  SheetsConfig,
  SheetsJob,
  SheetsRegion,
  SheetsResultType,
  StoredFile,
  WorksheetMetadata,
} from './types/sheets.ts';
export type {
  CreateDirectoryBody,
  Directory,
  DirectoryType,
  ListDirectoriesQuery,
  UpdateDirectoryBody,
} from './types/directories.ts';
export type {
  CreateDirectoryFileBody,
  DeleteDirectoryFilesBody,
  DirectoryFile,
  ExpandQuery,
  FileMetadata,
  FileMetadataValue,
  GetDirectoryFileQuery,
  ListDirectoryFilesQuery,
  UpdateDirectoryFileBody,
  UploadDirectoryFileFields,
} from './types/directoryFiles.ts';
export type { UploadEvent, UploadProgressEvent, UploadedEvent } from './types/uploadEvent.ts';
export type { PresignedUrl } from './types/presignedUrl.ts';
export type {
  BatchJob,
  BatchJobConfig,
  BatchJobHeaders,
  BatchJobProgress,
  BatchJobStatus,
  BatchJobType,
  BatchParseJob,
  CancelBatchJobBody,
  CancelledBatchJob,
  CreateBatchJobBody,
  ListBatchJobsQuery,
  OffsetQuery,
  PartitionName,
} from './types/batchJobs.ts';
export type {
  BatchItem,
  BatchItemResults,
  BatchItemStatus,
  GetBatchItemResultsQuery,
  ListBatchJobItemsQuery,
  ProcessingResult,
} from './types/batchItems.ts';
export type { FailPageMode, ParseParameters, ParsingMode } from './types/parseParameters.ts';
export { type ParserLanguage, parserLanguages } from './types/parserLanguages.ts';
export type {
  ClassifierRule,
  ClassifyJob,
  ClassifyMode,
  ClassifyParsingConfiguration,
} from './types/classify.ts';
export type {
  WebhookConfiguration,
  WebhookData,
  WebhookEvent,
  WebhookMessage,
} from './types/webhooks.ts';
export type {
  CreateSplitJobBody,
  ListSplitJobsQuery,
  SplitCategory,
  SplitConfiguration,
  SplitDocumentInput,
  SplitJob,
  SplitJobStatus,
  SplitResult,
  SplitSegment,
  SplitStrategy,
} from './types/split.ts';
