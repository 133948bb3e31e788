/**
 * The half of the package that runs anywhere, browsers included: operators over streams that come from elsewhere, such as
 * `fromSse`. Nothing here needs Node or undici.
 */

// Operators
export {
  batchProgress,
  type BatchProgress,
  type BatchProgressConfig,
} from './operators/batchProgress.ts';
export { type AdaptiveConfig } from './operators/fan/adaptiveConcurrency.ts';
export { type FanOutConfig } from './operators/fan/fanOutConfig.ts';
export { FanOutFailure } from './operators/fan/fanSlots.ts';
export { Limiter, type LimiterConfig, type Outcome, type Permit } from './operators/fan/limiter.ts';
export { type RateLimit } from './operators/fan/pace.ts';
export { fanOut } from './operators/fanOut.ts';
export { fanOutFrom } from './operators/fanOutFrom.ts';
export { rateLimit, type RateLimitConfig } from './operators/rateLimit.ts';
export { chatText } from './operators/chatText.ts';
export { chatToolCalls } from './operators/chatToolCalls.ts';
export { chatTranscript } from './operators/chatTranscript.ts';
export { type ChatTotals, chatUsage } from './operators/chatUsage.ts';
export type { ChatBlock, SpokenBlock, ToolBlock } from './operators/chat/chatBlock.ts';
export type { ChatTranscript } from './operators/chat/foldTranscript.ts';
export { throwIfChatFailed } from './operators/throwIfChatFailed.ts';
export { throwIfFailed, type WatchedJob } from './operators/throwIfFailed.ts';
export {
  type UploadFailure,
  uploadMap,
  type UploadMapConfig,
  type UploadTotals,
} from './operators/uploadMap.ts';

// Merged rankings
export { chunkIdentity } from './operators/fusion/chunkIdentity.ts';
export { combineScores } from './operators/fusion/combineScores.ts';
export { cosineSimilarity } from './operators/fusion/cosineSimilarity.ts';
export { dedupe, type DedupeConfig, type DistinctHit } from './operators/fusion/dedupe.ts';
export { diversify, type DiverseHit, type DiversifyConfig } from './operators/fusion/diversify.ts';
export { fuse, type FusedHit } from './operators/fusion/fuse.ts';
export { type MergedMetadata, mergedMetadata } from './operators/fusion/mergedMetadata.ts';
export { normalizeLists } from './operators/fusion/normalizeLists.ts';
export {
  mergeRanked,
  type MergeRankedConfig,
  type MergeRankedSettings,
  type RankedAnswer,
  type RankedSources,
} from './operators/mergeRanked.ts';
export { rerankWith, type RerankWithConfig } from './operators/rerankWith.ts';
export type { Contribution } from './operators/fusion/candidates.ts';
export type {
  FuseOptions,
  FuseSettings,
  FusionChoice,
  PresetChoice,
} from './operators/fusion/fuseOptions.ts';
export type {
  FusionRule,
  InverseSquareRankRule,
  RankBiasedRule,
  ReciprocalRankRule,
  ScoreRule,
  VoteRule,
} from './operators/fusion/fusionRule.ts';
export type { MergedHit, MergedRanking, SourceFailure } from './operators/fusion/mergedRanking.ts';
export type {
  Arctan,
  ConstantScores,
  DistributionBased,
  Isotonic,
  MinMax,
  Normalization,
  Platt,
  ReciprocalRank,
  Sigmoid,
  ZScore,
} from './operators/fusion/normalization.ts';
export type { MaybeScore } from './operators/fusion/normalizeScores.ts';
export type { PresetName } from './operators/fusion/presets.ts';
export type { Rankable } from './operators/fusion/rankable.ts';
export type { WeightMode } from './operators/fusion/rankTerms.ts';
export type { TieBreak } from './operators/fusion/tieBreak.ts';

// Bridges
export { fromSse, type FromSseConfig, type SseConnectionEvent } from './bridges/fromSse.ts';
export { toUIMessageStream, type UIMessageStreamConfig } from './bridges/toUIMessageStream.ts';
export type { UIMessageChunk } from './bridges/uiMessage/uiMessageChunk.ts';

// Errors
export {
  ApiError,
  FileError,
  HttpError,
  JobError,
  LinkError,
  NetworkError,
  ResponseError,
  StreamError,
  TokenError,
} from './errors.ts';
export type {
  FileErrorKind,
  JobErrorKind,
  LinkErrorKind,
  NetworkErrorKind,
  ResponseErrorKind,
  StreamErrorKind,
  TokenErrorKind,
  ValidationDetail,
} from './errors.ts';

// What they work on
export type { BatchJob, BatchJobProgress, BatchJobStatus } from './types/batchJobs.ts';
export type {
  ChatEvent,
  ChatUsage,
  StopEvent,
  TextDeltaEvent,
  TextEvent,
  ThinkingDeltaEvent,
  ThinkingEvent,
  ToolCallEvent,
  ToolResultEvent,
  UserInputEvent,
} from './types/chat.ts';
export type { Index } from './types/indexes.ts';
export type { RetrievedChunk } from './types/retrieval.ts';
export type { SheetsJob } from './types/sheets.ts';
export type { SplitJob } from './types/split.ts';
export type { UploadEvent, UploadedEvent, UploadProgressEvent } from './types/uploadEvent.ts';
