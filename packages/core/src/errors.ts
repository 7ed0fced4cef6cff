/**
 * Every error `@alpacare/core` can throw. Each has a stable `code`; messages say where, what was expected,
 * what was found and what to do, and never hold the text of a record.
 */

/** Base of the family: `catch (e) { if (e instanceof CoreError) … }`. */
export abstract class CoreError extends Error {
  /** Stable identifier, safe to match on. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Inputs of an op disagree in shape or dtype. */
export class ShapeMismatchError extends CoreError {
  readonly code = 'SHAPE_MISMATCH';
}

/** A graph is not legal: nodes of two graphs mixed, an unknown output name, a gradient that does not exist. */
export class GraphError extends CoreError {
  readonly code = 'GRAPH';
}

/** An engine could not compile or run a graph. */
export class EngineError extends CoreError {
  readonly code = 'ENGINE';
}

/** A caller passed an option outside its documented range. */
export class InvalidOptionError extends CoreError {
  readonly code = 'INVALID_OPTION';
  constructor(
    /** Name of the option. */
    readonly option: string,
    problem: string,
  ) {
    super(`option "${option}" ${problem}`);
  }
}

/** A `.safetensors` file is not whole or not well-formed, or tensors cannot be written as one. */
export class SafetensorsError extends CoreError {
  readonly code = 'SAFETENSORS';
  constructor(
    /** Path of the file. */
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${problem}`, options);
  }
}

/** A model folder, or a file in it, is missing, unreadable or inconsistent. */
export class ModelFolderError extends CoreError {
  readonly code = 'MODEL_FOLDER';
  constructor(
    /** Folder or file that is wrong. */
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${problem}`, options);
  }
}

/** The model is well-formed, but of an architecture, or with a feature, that core does not have. */
export class UnsupportedModelError extends CoreError {
  readonly code = 'UNSUPPORTED_MODEL';
  constructor(
    /** Path of the config.json. */
    readonly path: string,
    /** The field of config.json that decides, such as "model_type". */
    readonly field: string,
    /** What it asks for. */
    readonly found: string,
    /** What there is. */
    readonly supported: readonly string[],
  ) {
    super(`${path}: ${field} ${JSON.stringify(found)} is not supported; supported: ${supported.join(', ')}`);
  }
}

/** A PEFT adapter cannot be read or written; lists everything that is wrong with it at once. */
export class AdapterError extends CoreError {
  readonly code = 'ADAPTER';
  constructor(
    /** The adapter's folder, or a file in it. */
    readonly path: string,
    /** Everything that does not fit, one line each. */
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(
      problems.length === 1 ? `${path}: ${problems[0]}` : `${path}:${problems.map((p) => `\n  - ${p}`).join('')}`,
      options,
    );
  }
}

/** The adapter was trained on another base model than the one it is to be used with. */
export class OtherBaseModelError extends CoreError {
  readonly code = 'OTHER_BASE_MODEL';
  constructor(
    /** Folder of the adapter. */
    readonly path: string,
    /** Base that the adapter was made for. */
    readonly found: string,
    /** Base that was opened. */
    readonly expected: string,
  ) {
    super(
      `${path}: the adapter was trained on base model ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}; ` +
        'if they are the same weights under two names, allow another base explicitly',
    );
  }
}

/** A file could not be written; the one that was there before is unchanged. */
export class WriteError extends CoreError {
  readonly code = 'WRITE';
  constructor(
    /** Path that was not written. */
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${problem}`, options);
  }
}

/** A record file is missing, unreadable, not UTF-8, or of an unknown kind. */
export class DataFileError extends CoreError {
  readonly code = 'DATA_FILE';
  constructor(
    /** Path of the file. */
    readonly file: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}`, options);
  }
}

/** Where a record was read; `field` by its name in the file. */
export interface RecordPlace {
  /** Path as it was given. */
  readonly file: string;
  /** Line, or number of the record, from 1. */
  readonly line: number;
  /** Field that is wrong, where it is one. */
  readonly field?: string;
}

/** A line is not a record: broken JSON or CSV, or a field of the wrong type. The text itself is never shown. */
export class BadRecordError extends CoreError {
  readonly code = 'BAD_RECORD';
  constructor(
    /** Where the record stands. */
    readonly at: RecordPlace,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${at.file}:${at.line}: ${at.field === undefined ? '' : `field "${at.field}": `}${problem}`, options);
  }
}

/** A tokenizer's files are missing, broken, or use a part that is not supported. */
export class TokenizerFileError extends CoreError {
  readonly code = 'TOKENIZER_FILE';
  constructor(
    /** Path of the file. */
    readonly file: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}`, options);
  }
}

/** The tokenizer can produce ids that the model has no embedding for. */
export class TokenizerMismatchError extends CoreError {
  readonly code = 'TOKENIZER_MISMATCH';
  constructor(
    /** Ids of the tokenizer. */
    readonly tokenizerVocabSize: number,
    /** Rows of the model's embedding table. */
    readonly modelVocabSize: number,
  ) {
    super(
      `the tokenizer has ids up to ${tokenizerVocabSize - 1} but the model has embeddings for ${modelVocabSize} ids only; ` +
        'use the tokenizer that belongs to this model',
    );
  }
}

/** A prompt template is broken, or cannot be used for what was asked. */
export class TemplateError extends CoreError {
  readonly code = 'TEMPLATE';
  constructor(
    /** Name of the template. */
    readonly template: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`template "${template}": ${problem}`, options);
  }
}

/** Nothing of the record's answer would count in the loss. */
export class EmptySupervisedSpanError extends CoreError {
  readonly code = 'EMPTY_SUPERVISED_SPAN';
  constructor(
    /** Id of the record. */
    readonly recordId: string,
    problem: string,
  ) {
    super(`record "${recordId}": ${problem}`);
  }
}

/** A record does not fit the token window and the caller asked neither to drop nor to truncate. */
export class TokenLimitError extends CoreError {
  readonly code = 'TOKEN_LIMIT';
  constructor(
    /** Id of the record. */
    readonly recordId: string,
    /** Tokens it has. */
    readonly tokens: number,
    /** Tokens it may have. */
    readonly limit: number,
  ) {
    super(`record "${recordId}" has ${tokens} tokens, at most ${limit} fit; drop it or truncate its answer`);
  }
}

/** A split manifest is broken or of another version. */
export class ManifestError extends CoreError {
  readonly code = 'MANIFEST';
  constructor(
    /** Path of the manifest. */
    readonly file: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}`, options);
  }
}

/** A checkpoint lacks a tensor that the architecture needs, or holds it in another shape. */
export class MissingWeightError extends CoreError {
  readonly code = 'MISSING_WEIGHT';
  constructor(
    /** Name in the checkpoint. */
    readonly tensor: string,
    problem: string,
  ) {
    super(`tensor "${tensor}": ${problem}`);
  }
}

/** A LoRA target names no linear of the model. */
export class UnknownTargetError extends CoreError {
  readonly code = 'UNKNOWN_TARGET';
  constructor(
    /** Patterns that match no linear. */
    readonly unknown: readonly string[],
    /** Names that the model has. */
    readonly known: readonly string[],
  ) {
    const found =
      unknown.length > 0 ? `no linear is named ${unknown.map((u) => `"${u}"`).join(', ')}` : 'the list is empty';
    super(`target modules: ${found}; this model has ${known.join(', ')}, or use "all-linear"`);
  }
}

/** A loss or a gradient stopped being a number. The trainer goes back to the last parameters whose loss was one. */
export class NonFiniteLossError extends CoreError {
  readonly code = 'NON_FINITE_LOSS';
  constructor(
    what: 'loss' | 'gradient norm' | 'validation loss',
    /** NaN or an infinity. */
    readonly value: number,
    /** Update, counted from 1, and the examples and rank it came from. */
    readonly place: {
      readonly step: number;
      readonly exampleIds: readonly string[];
      /** Such as "rank 2 on node-7", in a run of several. */
      readonly rank?: string;
    },
  ) {
    const where = place.rank === undefined ? '' : `, ${place.rank}`;
    const examples = place.exampleIds.length > 0 ? ` (examples ${place.exampleIds.slice(0, 8).join(', ')})` : '';
    super(
      `step ${place.step}${where}: the ${what} is ${value}${examples}; training stopped and the last good parameters are kept. ` +
        `Lower the learning rate${examples && ' or look at these examples'}`,
    );
  }
}

/** The prompt fills the model's window. */
export class PromptTooLongError extends CoreError {
  readonly code = 'PROMPT_TOO_LONG';
  constructor(
    /** Tokens of the prompt. */
    readonly tokens: number,
    /** Positions of the model, prompt and answer together. */
    readonly maxPositions: number,
  ) {
    super(
      `the prompt has ${tokens} tokens and the model ${maxPositions} positions, so no answer fits; shorten the prompt`,
    );
  }
}

/** What all errors of the Hugging Face hub share. */
export abstract class HubError extends CoreError {
  constructor(
    /** Such as `org/name`, or `datasets/org/name`. */
    readonly repository: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${repository}: ${problem}`, options);
  }
}

/** The hub has no such repository, revision or file, or hides it from this token. */
export class HubNotFoundError extends HubError {
  readonly code = 'HUB_NOT_FOUND';
}

/** The repository asks for a login, or for its conditions to be accepted first. */
export class HubAccessError extends HubError {
  readonly code = 'HUB_ACCESS';
}

/** Offline, and what was asked for is not whole in the cache. */
export class HubOfflineError extends HubError {
  readonly code = 'HUB_OFFLINE';
}

/** A file did not arrive as the hub announced it. What did arrive is kept where a later run can go on from it. */
export class HubDownloadError extends HubError {
  readonly code = 'HUB_DOWNLOAD';
  constructor(
    repository: string,
    /** Path in the repository. */
    readonly file: string,
    /** What went wrong. */
    readonly reason: 'connection' | 'length' | 'checksum' | 'html-page' | 'disk-full' | 'disk',
    problem: string,
    options?: ErrorOptions,
  ) {
    super(repository, `${file}: ${problem}`, options);
  }
}

/** The hub refused a request, or could not be reached, after the retries that make sense. */
export class HubRequestError extends HubError {
  readonly code = 'HUB_REQUEST';
  constructor(
    repository: string,
    /** HTTP status; null where no answer came. */
    readonly status: number | null,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(repository, problem, options);
  }
}

/** Nothing was uploaded, because the repository or the folder is not what the caller asked for. */
export class HubUploadError extends HubError {
  readonly code = 'HUB_UPLOAD';
}

/** A model service did not give a usable answer after the retries that make sense. */
export class ChatEndpointError extends CoreError {
  readonly code = 'CHAT_ENDPOINT';
  constructor(
    /** Address that was asked. */
    readonly url: string,
    /** HTTP status; null where no answer came. */
    readonly status: number | null,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${url}: ${problem}`, options);
  }
}

/** A folder in which a data set is grown holds another run, or its journal is broken. */
export class GrowthFolderError extends CoreError {
  readonly code = 'GROWTH_FOLDER';
  constructor(
    /** Folder or file that is wrong. */
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${problem}`, options);
  }
}

/** A checkpoint is broken, or belongs to another run. */
export class CheckpointError extends CoreError {
  readonly code = 'CHECKPOINT';
}

/** A file is not a quantised base, or is one of another model. */
export class QuantizedFileError extends CoreError {
  readonly code = 'QUANTIZED_FILE';
  constructor(
    /** Path of the file. */
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${problem}. Make it again with quantizeModel.`, options);
  }
}

/** One thing an engine or a device needs and does not have. */
export interface MissingPart {
  /** Such as "NVIDIA driver" or "libcudnn". */
  readonly part: string;
  /** Version or kind that is needed. */
  readonly needed: string;
  /** What is there instead. */
  readonly found: string;
  /** What to run or do about it. */
  readonly remedy: string;
}

/** An engine or a device was asked for and cannot be used here; lists everything that is missing. */
export class EngineUnavailableError extends CoreError {
  readonly code = 'ENGINE_UNAVAILABLE';
  constructor(
    /** Such as "tensorflow" or "onnx on cuda". */
    readonly engine: string,
    /** Everything that is missing, so that it can be put right at once. */
    readonly missing: readonly MissingPart[],
    options?: ErrorOptions,
  ) {
    const lines = missing.map(
      ({ part, needed, found, remedy }) => `\n  - ${part}: needed ${needed}, found ${found}. To mend it: ${remedy}`,
    );
    super(`${engine} cannot be used:${lines.join('')}`, options);
  }
}

/** A folder holds no run, or its run.json is broken. */
export class RunFileError extends CoreError {
  readonly code = 'RUN_FILE';
  constructor(
    /** Path of the file. */
    readonly file: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}`, options);
  }
}

/** The model gave no usable numbers for the next token: broken weights, or an adapter that was trained to pieces. */
export class NonFiniteLogitsError extends CoreError {
  readonly code = 'NON_FINITE_LOGITS';
  constructor(
    /** Token whose logit is no number. */
    readonly tokenId: number,
    /** NaN or an infinity. */
    readonly value: number,
  ) {
    super(
      `the model's logit of token ${tokenId} is ${value}; its weights or the adapter are broken, train or download them again`,
    );
  }
}

/** An adapter archive cannot be written, or is not whole, too large or not one of ours. */
export class ArchiveError extends CoreError {
  readonly code = 'ARCHIVE';
  constructor(
    /** Path of the archive. */
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${problem}`, options);
  }
}

/** MPI cannot be used here: koffi or the library is missing, or does not belong to the launcher. */
export class MpiUnavailableError extends CoreError {
  readonly code = 'MPI_UNAVAILABLE';
}

/** Ranks of one job could not do something together. */
export class CollectiveError extends CoreError {
  readonly code = 'COLLECTIVE';
}

/** Parts of a job that was split do not make a whole, or a file is no such part. */
export class ShardError extends CoreError {
  readonly code = 'SHARD';
}
