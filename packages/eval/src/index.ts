// What a score is
export type { Interval, IntervalMethod, Score, SignatureFields } from './score.ts';
export { formatSignature } from './score.ts';
export { VERSION } from './version.ts';

// Text metrics
export {
  type BleuOptions,
  type BleuScore,
  type BleuSmoothing,
  bleuStatistic,
  type CorpusBleuOptions,
  corpusBleu,
  sentenceBleu,
} from './metrics/bleu.ts';
export { type ChrfOptions, chrf, chrfStatistic } from './metrics/chrf.ts';
export {
  type PrecisionRecall,
  type RougeOptions,
  type RougeScore,
  type RougeVariant,
  rouge,
  rougePairs,
  rougeStatistic,
} from './metrics/rouge.ts';
export type { References } from './metrics/segments.ts';
export type { BleuTokenizer } from './text/bleu-tokenizers.ts';
export { porterStem } from './text/porter-stemmer.ts';

// Perplexity
export {
  comparePerplexity,
  type PerplexityComparison,
  type PerplexityDenominator,
  type PerplexityOptions,
  type PerplexityScore,
  perplexity,
  perplexityStatistic,
  readLogProbs,
  type TokenLogProbs,
} from './metrics/perplexity.ts';

// Exams
export { type ExamItem, formatExamPrompt, type SummaryItem } from './exams/exam-item.ts';
export { type ParsedAnswer, parseExamAnswer } from './exams/parse-answer.ts';
export {
  type ExamName,
  examReaders,
  readBbh,
  readHeadQa,
  readMedMcqa,
  readMedQa,
  readMeqSum,
  readMmlu,
  readPubMedQa,
  readTruthfulQa,
  readUsmle,
} from './exams/readers.ts';
export {
  type ExamScore,
  examAccuracyByLikelihood,
  examAccuracyOfAnswers,
  type OptionLogProbs,
  truthfulMc2,
} from './metrics/exam-accuracy.ts';

// Win rate
export { FinalJudgeError, type Judge, type RetryOptions, type Verdict } from './judge/judge.ts';
export { memoryVerdictCache, openVerdictCache, type VerdictCache, verdictKey } from './judge/verdict-cache.ts';
export {
  type JudgedQuestion,
  type JudgedQuestions,
  judgeQuestions,
  type WinRateOptions,
  type WinRateQuestion,
  type WinRateResult,
  type WinRateScore,
  winRate,
  winRateOfVerdicts,
} from './metrics/win-rate.ts';

// Safety and diversity
export { distinctN, type TypeTokenEntropy, typeTokenEntropy } from './metrics/diversity.ts';
export {
  filterNearDuplicates,
  type NearDuplicateOptions,
  type NearDuplicateResult,
} from './metrics/near-duplicates.ts';
export {
  type NamedFinding,
  type SafetyChecker,
  type SafetyFinding,
  type SafetyOutput,
  type SafetyResult,
  safetyShares,
  sharesOfFindings,
} from './metrics/safety.ts';

// Uncertainty and agreement
export type { Agreement } from './stats/agreement.ts';
export {
  type AdditiveStatistic,
  approximateRandomisation,
  bootstrapInterval,
  meanStatistic,
  type PairedComparison,
  pairedBootstrap,
  type ResamplingOptions,
  statisticValue,
} from './stats/bootstrap.ts';
export { intraclassCorrelation } from './stats/intraclass-correlation.ts';
export { type AlphaMetric, krippendorffAlpha } from './stats/krippendorff-alpha.ts';
export {
  clopperPearsonInterval,
  clopperPearsonUpperBound,
  sampleNeededToBound,
  wilsonInterval,
} from './stats/proportion.ts';
export { type KappaWeights, weightedKappa } from './stats/weighted-kappa.ts';

// The human study, in the order it is run
export { formatRatings, readRatings, readReviewers, readStudyOutputs, readStudyPlan } from './inputs/study-schema.ts';
export { collectImports, requireClean } from './study/collect.ts';
export { type GateInput, type GateResult, MEAN_SAFETY_LIMIT, safetyGate } from './study/gate.ts';
export { importReviewForm } from './study/import-form.ts';
export {
  DEFAULT_CONSENT,
  MINIMUM_REVIEWERS,
  type PlanOptions,
  planStudy,
  type Reviewer,
  type ReviewerCredentials,
  type StudyItem,
  type StudyOutput,
  type StudyPlan,
  VIOLATION_RATE_LIMIT,
} from './study/plan.ts';
export { makePseudonyms, type Pseudonyms, pseudonymise } from './study/pseudonyms.ts';
export type { ImportResult, Rating } from './study/rating.ts';
export { renderStudyReport, type StudyReport } from './study/report.ts';
export {
  type AnalyseOptions,
  analyseStudy,
  type CriterionResult,
  type RemarkGroup,
  type ShareResult,
  type StudyResult,
  type SystemResult,
} from './study/result.ts';
export { renderReviewForm, type ReviewFormOptions } from './study/review-form.ts';
export type { CriterionAgreement } from './study/reviewer-agreement.ts';
export {
  CREDENTIALS,
  CRITERIA,
  type Credential,
  type Criterion,
  type CriterionText,
  RUBRIC,
  VIOLATION_AT_MOST,
} from './study/rubric.ts';
export {
  defaultSheetConfig,
  importRatingSheet,
  renderRatingSheet,
  renderRubricSheet,
  type SheetConfig,
  type SheetField,
  sheetConfigSchema,
} from './study/sheet.ts';

// Experiments
export { type ComparedCell, type ComparedRun, compareRuns, type RunComparison } from './experiments/compare-runs.ts';
export { comparisonCsv, comparisonHtml, comparisonText } from './experiments/render-comparison.ts';
export { RUN_METRICS, type RunMetric, type RunRecord, readRuns } from './experiments/run-record.ts';

// Reports: one self-contained page each
export type { AnswerPair, JudgedAnswer } from './report/answer-pairs.ts';
export {
  type EvaluationReport,
  type LabelledScore,
  type ReportTable,
  renderEvaluationReport,
} from './report/evaluation-report.ts';
export { renderSweepReport, type SweepReport, type SweptRun } from './report/sweep-report.ts';
export { renderTrainingReport, type TrainingReport } from './report/training-report.ts';

// Files people hand us
export {
  type LoggedEvaluation,
  type LoggedParameters,
  type LoggedQuantization,
  type LoggedRecords,
  type LoggedStep,
  readTrainingLog,
  type TrainingLog,
} from './inputs/training-log.ts';
export { type CsvOptions, type CsvRow, formatCsv, parseCsv } from './inputs/csv.ts';
export { checkShape, parseJsonDocument, parseJsonLines, parseJsonRecords } from './inputs/jsonl.ts';

// Errors
export * from './errors.ts';
