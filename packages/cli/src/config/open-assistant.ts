/** The one way a command gets at a model that answers people. Whatever it answers has passed the guard. */
import { join } from 'node:path';
import type {
  ChatMessage,
  Engine,
  FineTuneOptions,
  Generator,
  ModelVariant,
  PromptTemplate,
  TemplateName,
  TextEnd,
  TextOptions,
  Tokenizer,
} from '@alpacare/core';
import { createGuard, type Generate, type Guard, type GuardOptions, type SafeAnswer } from '@alpacare/safety';

export interface AssistantOptions {
  /** Hugging Face model folder. */
  readonly model: string;
  /** PEFT adapter folder. */
  readonly adapter?: string;
  /** Default: that of the adapter's training, or the model's own. */
  readonly template?: TemplateName;
  /** Hold the base in 8 or 4 bits. */
  readonly quantize?: FineTuneOptions['quantize'];
  readonly guard?: GuardOptions;
  /** Told of each stage of loading as it begins. */
  readonly onStage?: (stage: LoadStage) => void;
}

export interface AnswerOptions extends Partial<TextOptions> {
  /** Context that belongs to the question, as in a record. */
  readonly input?: string;
}

/** A guarded answer with what it took. Counts are 0 where the guard answered without the model. */
export interface Answered extends SafeAnswer {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** The limit of tokens ended the answer, or the model's last position. */
  readonly cutShort: boolean;
}

/** How far {@link openAssistant} is: `step` of `steps` begins. */
export interface LoadStage {
  readonly step: number;
  readonly steps: number;
  readonly label: string;
}

type Core = typeof import('@alpacare/core');

const TEMPLATES: readonly TemplateName[] = ['chat', 'alpaca', 'medalpaca'];

type Counts = { -readonly [K in Exclude<keyof Answered, keyof SafeAnswer>]: Answered[K] };

const signalOf = ({ signal }: AnswerOptions) => (signal ? { signal } : {});

/** The guard screens question and context together, while the model gets them as its template wants them. */
function screened(messages: readonly ChatMessage[], input = ''): readonly ChatMessage[] {
  if (input === '') return messages;
  return messages.map((m) => (m.role === 'user' ? { ...m, content: `${m.content}\n\n${input}` } : m));
}

export class Assistant {
  readonly guard: Guard;

  constructor(
    private readonly core: Core,
    readonly generator: Generator,
    readonly tokenizer: Tokenizer,
    readonly template: PromptTemplate,
    guard: GuardOptions = {},
  ) {
    this.guard = createGuard(guard);
  }

  /** Positions of the model: prompt and answer together. */
  get maxPositions(): number {
    return this.generator.variant.model.maxPositions;
  }

  /** A prepared conversation -> the ids generation starts from. */
  #encode(messages: readonly ChatMessage[], input = ''): number[] {
    const turns = messages.filter(({ role }) => role !== 'system');
    const [first] = turns;
    // One question with its context is rendered as a record is in training; anything else needs the template's own form.
    if (input === '' || turns.length !== 1 || first?.role !== 'user')
      return this.core.encodeConversation(messages, this.template, this.tokenizer);
    const system = messages
      .filter(({ role }) => role === 'system')
      .map(({ content }) => this.core.withoutSpecialTokens(content, this.tokenizer))
      .join('\n\n');
    return this.core.encodePrompt({ system, instruction: first.content, input }, this.template, this.tokenizer);
  }

  /**
   * Tokens of the conversation with the safety prefix before it.
   * @throws {TemplateError} where the template cannot hold it
   */
  promptTokens(messages: readonly ChatMessage[]): number {
    return this.#encode(this.guard.prepare(messages)).length;
  }

  /**
   * Leaves out the oldest questions with their answers until the rest fits the model with room for an answer: up to
   * `maxNewTokens`, but no more than a quarter of the positions. System messages and the last question always stay.
   */
  fit(messages: readonly ChatMessage[], maxNewTokens: number): readonly ChatMessage[] {
    const room = Math.min(maxNewTokens, Math.ceil(this.maxPositions / 4));
    const system = messages.filter(({ role }) => role === 'system');
    const turns = messages.filter(({ role }) => role !== 'system');
    const starts = turns.flatMap(({ role }, i) => (role === 'user' && i > 0 ? [i] : []));
    const from = (cut: number) => [...system, ...turns.slice(cut)];
    const fits = (cut: number): boolean => {
      try {
        return this.promptTokens(from(cut)) + room <= this.maxPositions;
      } catch (error) {
        // An instruction template holds one question only; what is shorter may still fit.
        if (error instanceof this.core.TemplateError) return false;
        throw error;
      }
    };
    if (starts.length === 0 || fits(0)) return messages;
    // What is left out grows, so the first cut that fits is found by halving.
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (fits(starts[middle]!)) high = middle;
      else low = middle + 1;
    }
    return from(starts[low]!);
  }

  /** What the model itself says to a conversation, prefix and all. Nobody but the guard should read it. */
  unguarded(messages: readonly ChatMessage[], options: AnswerOptions = {}): AsyncGenerator<string, TextEnd> {
    const { input, ...sampling } = options;
    return this.core.streamText(this.generator, this.tokenizer, this.#encode(messages, input), sampling);
  }

  /** The guarded answer, piece by piece; returns what was decided and what it took. */
  async *answer(
    messages: readonly ChatMessage[],
    options: AnswerOptions = {},
  ): AsyncGenerator<string, Answered, undefined> {
    const run = this.#counted(options);
    const safe = yield* this.guard.stream(run.generate, screened(messages, options.input), signalOf(options));
    return { ...safe, ...run.counts };
  }

  /** The guarded answer at once. Nothing was shown before it was judged, so a violating one is replaced as a whole. */
  async answerWhole(messages: readonly ChatMessage[], options: AnswerOptions = {}): Promise<Answered> {
    const run = this.#counted(options);
    const safe = await this.guard.generate(run.generate, screened(messages, options.input), signalOf(options));
    return { ...safe, ...run.counts };
  }

  /** The model as the guard asks it, and counts that grow while it answers. */
  #counted(options: AnswerOptions): { readonly generate: Generate; readonly counts: Counts } {
    const { input = '', ...sampling } = options;
    const counts: Counts = { promptTokens: 0, completionTokens: 0, cutShort: false };
    const onToken = (id: number): void => {
      counts.completionTokens++;
      options.onToken?.(id);
    };
    const { core, generator, tokenizer } = this;
    const encode = (prepared: readonly ChatMessage[]) => this.#encode(prepared, input);
    async function* generate(prepared: readonly ChatMessage[]): AsyncGenerator<string, void> {
      const own = prepared.map((m) =>
        m.role === 'user' && input !== '' ? { ...m, content: m.content.slice(0, -input.length - 2) } : m,
      );
      const prompt = encode(own);
      counts.promptTokens = prompt.length;
      const end = yield* core.streamText(generator, tokenizer, prompt, { ...sampling, onToken });
      counts.cutShort = end.reason === 'length';
    }
    return { generate, counts };
  }

  dispose(): Promise<void> {
    return this.generator.dispose();
  }
}

/** The template an adapter was trained with here, as the manifest beside it says. */
async function trainedTemplate(core: Core, adapter: string | undefined): Promise<TemplateName | undefined> {
  if (adapter === undefined) return undefined;
  const name = await core.readManifest(join(adapter, 'manifest.json')).then(
    ({ template }) => template.name,
    () => undefined, // made elsewhere
  );
  return TEMPLATES.find((known) => known === name);
}

export async function openAssistant(engine: Engine, options: AssistantOptions): Promise<Assistant> {
  const stages = [
    'open the model',
    'read the tokenizer',
    ...(options.quantize === undefined ? [] : ['quantise the base']),
    ...(options.adapter === undefined ? [] : ['read the adapter']),
    'compile',
  ];
  const begin = (label: string) => options.onStage?.({ step: stages.indexOf(label) + 1, steps: stages.length, label });
  begin('open the model');
  const core = await import('@alpacare/core');
  const opened = await core.openModel(options.model);
  const { model } = opened;
  begin('read the tokenizer');
  const tokenizer = await core.openTokenizer(options.model);
  core.assertTokenizerFits(tokenizer, model.vocabSize);
  const name =
    options.template ??
    (await trainedTemplate(core, options.adapter)) ??
    (tokenizer.chatTemplate === null ? 'alpaca' : 'chat');
  if (options.quantize) begin('quantise the base');
  const base = options.quantize ? await core.openQuantizedBase(opened, options.quantize) : opened;
  if (options.adapter !== undefined) begin('read the adapter');
  const variant: ModelVariant =
    options.adapter === undefined
      ? core.baseVariant(model, base.weights)
      : core.adapterVariant(base, await core.readAdapter(options.adapter, core.expectedModel(model)));
  begin('compile');
  const generator = await core.Generator.create(engine, variant);
  return new Assistant(core, generator, tokenizer, core.promptTemplate(name, tokenizer), options.guard);
}
