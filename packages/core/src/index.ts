// Records in, token batches out
export {
  answerOnlySpan,
  type BatchOptions,
  batches,
  type CountedSpan,
  collate,
  collatePacked,
  planBatches,
  type TokenBatch,
} from './data/batch.ts';
export { chatTemplate } from './data/chat-template.ts';
export {
  type ChangedRecord,
  type ChangeKind,
  type CleanOptions,
  type CleanReport,
  cleanRecords,
  type DroppedRecord,
  type DropReason,
} from './data/clean.ts';
export { DISCLAIMER_SEPARATOR, withDisclaimer, withoutDisclaimer } from './data/disclaimer.ts';
export {
  type EncodedExample,
  type EncodeOptions,
  encodeConversation,
  encodeExample,
  encodePrompt,
  type TokenSpan,
} from './data/encode-example.ts';
export {
  createManifest,
  type ManifestDifference,
  readManifest,
  type SplitManifest,
  verifyManifest,
  writeManifest,
} from './data/manifest.ts';
export {
  openPreparation,
  type Preparation,
  type PreparedData,
  type PreparedRecord,
  type PrepareOptions,
  prepareData,
  type RecordFile,
} from './data/prepare.ts';
export {
  ALPACA,
  type ChatMessage,
  MEDALPACA,
  type PromptFields,
  type PromptTemplate,
  promptTemplate,
  type TemplateName,
  type TextTemplate,
  templateHash,
  textTemplate,
  type Wording,
} from './data/prompt-template.ts';
export { createRandom, type Random, type RandomState, randomFromState, shuffled } from './data/random.ts';
export { type ParquetRow, readParquetRows } from './data/parquet.ts';
export { type ReadRecordsOptions, type RecordFormat, readRecords } from './data/read-records.ts';
export { type InstructionRecord, type RecordSource, recordHash } from './data/record.ts';
export type { LayoutOptions, RecordLayout } from './data/record-layout.ts';
export type { FieldNames } from './data/record-schema.ts';
export { DEFAULT_SEED, DEFAULT_SPLIT, type Part, type Split, type SplitSize, splitRecords } from './data/split.ts';
export { createTextDecoder } from './data/text-decoder.ts';
export type { ParallelOptions } from './data/tokenize-pool.ts';
export { assertTokenizerFits, type Tokenizer, withoutSpecialTokens } from './data/tokenizer.ts';
// Models and adapters on disk
export { type ArchiveContents, extractAdapterArchive, writeAdapterArchive } from './io/adapter-archive.ts';
export { adapterParameters, adapterTensors, packAdapter, startAdapter } from './io/adapter-values.ts';
export { type ModelFolder, openModelFolder } from './io/model-folder.ts';
export { type ModelCard, modelCard } from './io/model-card.ts';
export { type OpenedModel, openModel } from './io/open-model.ts';
export {
  type Adapter,
  type AdapterModule,
  type AdapterTensors,
  type ExpectedModel,
  expectedModel,
  readAdapter,
  writeAdapter,
} from './io/peft-adapter.ts';
export type { AdapterConfig } from './io/peft-config-schema.ts';
export {
  type MatrixReport,
  openQuantized,
  type QuantizationReport,
  type QuantizedBase,
  type QuantizeOptions,
  quantizeModel,
} from './io/quantize-model.ts';
export {
  type KeptQuantizedBase,
  openQuantizedBase,
  type QuantizedBaseOptions,
  weightsFingerprint,
} from './io/quantized-base.ts';
export { readWeight } from './io/read-weight.ts';
export {
  readSafetensorsHeader,
  readTensor,
  readTensorBytes,
  type SafetensorsFile,
  type TensorDType,
  type TensorRef,
  type TensorToWrite,
  writeSafetensors,
} from './io/safetensors.ts';
export { openTokenizer } from './io/tokenizer-json.ts';
export { type WriteModelOptions, writeMergedModel, writeTrainedModel } from './io/write-model.ts';
// What is trained
export {
  initialiseAdapter,
  type ParameterValues,
  reportTrainable,
  type TrainableReport,
} from './lora/adapter.ts';
export { type AdaptedLinear, type AdapterPlan, planAdapter } from './lora/adapter-plan.ts';
export { type AdapterSpec, defaultAdapterSpec } from './lora/adapter-spec.ts';
export { matchTargets } from './lora/target-modules.ts';
export type { CausalLm } from './model/causal-lm.ts';
export {
  type GptNeoConfig,
  type LlamaConfig,
  type ModelConfig,
  parseModelConfig,
  type RopeScaling,
  supportedModelTypes,
} from './model/config-schema.ts';
export { createModel } from './model/create-model.ts';
export type { LinearSpec } from './model/weight-source.ts';
export { type Graph, GraphBuilder, type Node } from './tensor/graph.ts';
export * as ops from './tensor/ops.ts';
export { printGraph } from './tensor/print-graph.ts';
export { estimateMemory, type MemoryEstimate } from './train/estimate-memory.ts';
export { estimateRun, type RunEstimate, type RunShape } from './train/estimate-run.ts';
export { estimateStepMemory, largestBatch, type StepMemory, type StepShape } from './train/estimate-step.ts';
export { type Evaluation, Evaluator, type ExampleScore, summarise } from './train/evaluate.ts';
// Training and evaluation
export { AdapterSet } from './train/adapter-set.ts';
export { type EventLog, logged, openJsonLog, openTensorBoardLog } from './train/event-log.ts';
export { readRunFile, type RunOptions } from './train/run-file.ts';
export { planSweep, type SweepEvent, type SweepResult, type SweepRun, sweep, sweepTable } from './train/sweep.ts';
export { verifyRun } from './train/verify-run.ts';
export { CheckpointStore, type RunIdentity, type SavedCheckpoint } from './train/checkpoint.ts';
export {
  type BaselineEndEvent,
  type CheckpointEndEvent,
  type FineTuneEvent,
  type FineTuneInputs,
  type FineTuneOptions,
  fineTune,
  type PrepareEndEvent,
  prepareFineTune,
  type QuantizeEndEvent,
  type ResumeEvent,
  type SaveEndEvent,
} from './train/fine-tune.ts';
export {
  adapterVariant,
  baseVariant,
  fullMethod,
  fullMethodFrom,
  initialiseModel,
  loraMethod,
  type ModelVariant,
  type TuningMethod,
} from './train/method.ts';
export type { EvaluationEndEvent, RunEndEvent, RunStartEvent, StepEndEvent, TrainEvent } from './train/train-event.ts';
export { defaultTrainOptions, type TrainOptions } from './train/train-options.ts';
export { Trainer, type TrainerState } from './train/trainer.ts';
// Several processes that train together
export type { Collective, SumArray, Summed, Traffic } from './collective/collective.ts';
export { detectLaunch, type Launch, type MpiFamily } from './collective/launcher.ts';
export type { MpiOptions } from './collective/mpi-collective.ts';
export { inspectMpi, type MpiReport } from './collective/inspect-mpi.ts';
export { openCollective } from './collective/open-collective.ts';
export { threadsOfRank } from './collective/rank-threads.ts';
export { singleProcess } from './collective/single-process.ts';
// Work that is split into shards
export { fileDigest, filesDigest } from './io/file-digest.ts';
export { mergeParts, type NamedPart } from './shard/merge-parts.ts';
export {
  decodePart,
  encodePart,
  readPart,
  type SplitList,
  type WorkPart,
  type WorkPartHead,
  writePart,
} from './shard/part.ts';
export { formatShard, type Range, rangeOf, type Shard, WHOLE } from './shard/shard.ts';
export { computeOverRanks, computePart, type ShardedList, type ShardedWork } from './shard/sharded-work.ts';
// Generation
export { type GenerateOptions, Generator } from './generate/generator.ts';
export { defaultSampling, type SamplingOptions } from './generate/sampler.ts';
export { streamText, type TextEnd, type TextOptions } from './generate/text-stream.ts';
// Engines, and what it takes to write one
export type { Engine, HostTensor, Int8Products, Program, RunRequest, Variable } from './engine/engine.ts';
export type { OnnxDevice } from './engine/onnx/onnx-device.ts';
export type { Int8Choice } from './engine/onnx/integer-unit.ts';
export { OnnxEngine, type OnnxEngineOptions } from './engine/onnx/onnx-engine.ts';
export type { Placement } from './engine/onnx/placement.js';
export { ReferenceEngine } from './engine/reference/reference-engine.ts';
export {
  type EngineAttempt,
  type EngineChoice,
  type EngineRequest,
  engineRequests,
  type SelectEngineOptions,
  type SelectedEngine,
  selectEngine,
} from './engine/select-engine.ts';
export {
  TensorflowEngine,
  type TensorflowEngineOptions,
  type TensorflowInfo,
} from './engine/tensorflow/tensorflow-engine.ts';
export { backward } from './autodiff/backward.ts';
export { checkGradient } from './autodiff/check-gradient.ts';
// What a machine has and lacks
export {
  type DoctorOptions,
  type DoctorReport,
  type EngineReport,
  type FolderReport,
  runDoctor,
} from './doctor/doctor.ts';
// Names in the signatures above, for those who spell them out
export type { Environment } from './collective/launcher.ts';
export type { Exchange } from './train/data-parallel.ts';
export type { BackwardOptions } from './autodiff/backward.ts';
export type { GradientCheck } from './autodiff/check-gradient.ts';
export { normaliseWhitespace, type RecordName } from './data/clean.ts';
export type { ManifestHeader } from './data/manifest.ts';
export { DEFAULT_MAX_TOKENS } from './data/prepare.ts';
export type { OutcomeRow } from './data/outcome-row.ts';
export type { Texts } from './data/record.ts';
export type { TextDecoder } from './data/text-decoder.ts';
export type { CpuReport } from './doctor/cpu-features.ts';
export type { GpuReport, MemoryReport, NodeReport } from './doctor/doctor.ts';
export type { SpeedProbe } from './doctor/speed-probe.ts';
export type { CompileOptions, ComputeDType } from './engine/engine.ts';
export type { EngineCandidate } from './engine/select-engine.ts';
export type { Gpu } from './engine/device/find-gpus.ts';
export type { OnnxProgram } from './engine/onnx/onnx-engine.ts';
export type { ReferenceProgram } from './engine/reference/reference-engine.ts';
export type { Bf16Probe } from './engine/tensorflow/probe-bf16.ts';
export type { ParseProblem } from './grow/parse-tasks.ts';
export type { BytesToWrite, TensorOrder, WireDType, Writable } from './io/safetensors.ts';
export type {
  FedInput,
  ForwardInputs,
  ForwardOutputs,
  KeyValue,
  PositionRange,
  TensorSpec,
} from './model/causal-lm.ts';
export type { AttentionWindow } from './model/layers/attention-window.ts';
export type { LlamaArchitecture } from './model/llama-config.ts';
export type { WeightSource } from './model/weight-source.ts';
export type { DType, QuantizedDType, StorageDType } from './tensor/dtype.ts';
export type { ByteRange, OpAttributes, OpKind, PlainWeightRef, QuantizedWeightRef, WeightRef } from './tensor/op.ts';
export type { Dim, Shape } from './tensor/shape.ts';
export type { AdamWOptions } from './train/adamw.ts';
export type { FullOptions } from './train/method.ts';
export type { Schedule } from './train/schedule.ts';
export type { EvaluateOptions } from './train/trainer.ts';
// Errors
export * from './errors.ts';
// The Hugging Face hub
export type { RemoteFile } from './hub/download-blob.ts';
export {
  cachedSnapshot,
  type DownloadPlan,
  downloadRepository,
  type HubEvent,
  type HubOptions,
  type HubSnapshot,
  type PlannedFile,
  planDownload,
  runDownload,
} from './hub/hub-download.ts';
export type { RetryEvent } from './hub/hub-fetch.ts';
export { type HubRepository, looksLikeRepository, parseRepository, type RepositoryKind } from './hub/hub-repository.ts';
export { type HubSettings, type HubSettingsOptions, hubSettings } from './hub/hub-settings.ts';
export {
  KNOWN_DATA_SETS,
  type KnownDataSet,
  type LocatedData,
  type LocatedModel,
  locateData,
  locateModel,
  locateTokenizer,
} from './hub/sources.ts';
export { type UploadedAdapter, type UploadOptions, type UploadPlan, uploadAdapter } from './hub/upload-adapter.ts';
// Growing a data set from a seed list
export { auditSheet, sampleForAudit } from './grow/audit-sheet.ts';
export { type ChatAnswer, type ChatModel, type ChatRequest, localChatModel } from './grow/chat.ts';
export { type ChatEndpointOptions, chatEndpoint } from './grow/chat-endpoint.ts';
export type { CostEstimate, Price, Spending, Usage } from './grow/cost.ts';
export {
  type DropReason as GrowthDropReason,
  estimateGrowth,
  type GrowOptions,
  type GrowthDecision,
  type GrowthEvent,
  type GrowthResult,
  growDataSet,
  type NearDuplicateFilter,
} from './grow/grow-data-set.ts';
export { type GrowthTask, type GrownRecord, readSeedTasks } from './grow/task.ts';
