/** A local model, tuned or not, as a language model of the Vercel AI SDK 6 (`LanguageModelV3`). */
import { randomUUID } from 'node:crypto';
import { type LanguageModelMiddleware, wrapLanguageModel } from 'ai';
import { encodeConversation } from './data/encode-example.ts';
import { type ChatMessage, type PromptTemplate, promptTemplate, type TemplateName } from './data/prompt-template.ts';
import { createRandom } from './data/random.ts';
import { assertTokenizerFits, type Tokenizer } from './data/tokenizer.ts';
import type { Engine } from './engine/engine.ts';
import { InvalidOptionError } from './errors.ts';
import { Generator } from './generate/generator.ts';
import { streamText, type TextOptions } from './generate/text-stream.ts';
import { adapterParameters } from './io/adapter-values.ts';
import { openModel } from './io/open-model.ts';
import { readAdapter } from './io/peft-adapter.ts';
import { openTokenizer } from './io/tokenizer-json.ts';
import { baseVariant, loraMethod } from './train/method.ts';

type Model = ReturnType<typeof wrapLanguageModel>;
type CallOptions = Parameters<Model['doGenerate']>[0];
type GenerateResult = Awaited<ReturnType<Model['doGenerate']>>;
type StreamPart = Awaited<ReturnType<Model['doStream']>>['stream'] extends ReadableStream<infer Part> ? Part : never;
type Warnings = GenerateResult['warnings'];

/** What {@link openLocalModel} opens, and what stands in front of it. */
export interface LocalModelOptions {
  /** Hugging Face model folder. */
  readonly model: string;
  /** PEFT adapter folder. */
  readonly adapter?: string;
  /** Default: the tokenizer's own chat template, or Alpaca's where it has none. */
  readonly template?: TemplateName;
  /** What results call the model. Default: the folder of the adapter, or of the model. */
  readonly modelId?: string;
  /**
   * What stands between the model and a reader, such as `guardMiddleware()` of `@alpacare/safety/ai-sdk`. Only the word
   * `unguarded` leaves it away: nothing then keeps a made-up dose or diagnosis out of the text.
   */
  readonly guard: LanguageModelMiddleware | LanguageModelMiddleware[] | 'unguarded';
  /** Used where a call says nothing else. */
  readonly defaults?: Partial<Omit<TextOptions, 'signal' | 'onToken'>>;
}

/** A language model for `generateText` and `streamText`; `dispose` frees its weights. */
export type LocalModel = Model & { dispose(): Promise<void> };

/**
 * Opens a model folder, and an adapter on it, for the AI SDK. The guard comes first and is not optional.
 *
 * Text only: tools, files and JSON mode become warnings of the SDK or an error, never a silent difference.
 * @throws what `openModel`, `openTokenizer` and `readAdapter` throw
 */
export async function openLocalModel(engine: Engine, options: LocalModelOptions): Promise<LocalModel> {
  const { model, weights } = await openModel(options.model);
  const tokenizer = await openTokenizer(options.model);
  assertTokenizerFits(tokenizer, model.vocabSize);
  const name = options.template ?? (tokenizer.chatTemplate === null ? 'alpaca' : 'chat');
  const template = promptTemplate(name, tokenizer);
  let variant = baseVariant(model, weights);
  if (options.adapter !== undefined) {
    const modules = new Map(model.linears.map((linear) => [linear.path, linear]));
    const { config, tensors } = await readAdapter(options.adapter, { modules });
    const spec = { ...config, dropout: 0, targetModules: [...tensors.keys()] };
    variant = loraMethod(model, weights, spec, createRandom(0), adapterParameters(tensors));
  }
  const generator = await Generator.create(engine, variant);
  const modelId = options.modelId ?? folderName(options.adapter ?? options.model);
  const raw = languageModel({ generator, tokenizer, template, modelId, defaults: options.defaults ?? {} });
  const middleware = options.guard === 'unguarded' ? [] : options.guard;
  return Object.assign(wrapLanguageModel({ model: raw, middleware }), { dispose: () => generator.dispose() });
}

const folderName = (path: string): string => path.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '') || path;

interface Parts {
  readonly generator: Generator;
  readonly tokenizer: Tokenizer;
  readonly template: PromptTemplate;
  readonly modelId: string;
  readonly defaults: NonNullable<LocalModelOptions['defaults']>;
}

function languageModel({ generator, tokenizer, template, modelId, defaults }: Parts): Model {
  const start = (options: CallOptions) => {
    const { messages, warnings } = toMessages(options.prompt);
    warnings.push(...unsupported(options));
    const prompt = encodeConversation(messages, template, tokenizer);
    const text = streamText(generator, tokenizer, prompt, { ...defaults, ...sampling(options) });
    const response = { id: randomUUID(), timestamp: new Date(), modelId };
    return { text, warnings, response, usageOf: (tokens: number) => usage(prompt.length, tokens) };
  };
  return {
    specificationVersion: 'v3',
    provider: 'alpacare',
    modelId,
    supportedUrls: {},

    async doGenerate(options) {
      const { text, warnings, response, usageOf } = start(options);
      let answer = '';
      while (true) {
        const step = await text.next();
        if (!step.done) {
          answer += step.value;
          continue;
        }
        const { tokens, reason } = step.value;
        return {
          content: [{ type: 'text', text: answer }],
          finishReason: finish(reason),
          usage: usageOf(tokens),
          warnings,
          response,
        };
      }
    },

    // A method that waits for nothing but must give a promise: errors of the prompt then reach the SDK as rejections.
    async doStream(options) {
      const { text, warnings, response, usageOf } = start(options);
      const id = 'answer';
      const stream = new ReadableStream<StreamPart>({
        start(controller) {
          controller.enqueue({ type: 'stream-start', warnings });
          controller.enqueue({ type: 'response-metadata', ...response });
          controller.enqueue({ type: 'text-start', id });
        },
        // One piece at a time, so that a reader who stops reading stops the model.
        async pull(controller) {
          const step = await text.next();
          if (!step.done) return controller.enqueue({ type: 'text-delta', id, delta: step.value });
          const { tokens, reason } = step.value;
          controller.enqueue({ type: 'text-end', id });
          controller.enqueue({ type: 'finish', finishReason: finish(reason), usage: usageOf(tokens) });
          controller.close();
        },
        async cancel() {
          await text.return({ tokens: 0, reason: 'end' });
        },
      });
      return { stream };
    },
  };
}

function finish(reason: 'end' | 'stop' | 'length'): GenerateResult['finishReason'] {
  return { unified: reason === 'length' ? 'length' : 'stop', raw: reason };
}

function usage(input: number, output: number): GenerateResult['usage'] {
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  };
}

/** What the call sets, in our names; what it leaves out stays with the defaults. */
function sampling(options: CallOptions): Partial<TextOptions> {
  const { maxOutputTokens, temperature, topP, topK, seed, stopSequences, abortSignal } = options;
  return {
    ...(maxOutputTokens !== undefined && { maxNewTokens: maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(seed !== undefined && { seed }),
    ...(stopSequences !== undefined && { stop: stopSequences }),
    ...(abortSignal && { signal: abortSignal }),
  };
}

function unsupported({ tools, responseFormat, presencePenalty, frequencyPenalty }: CallOptions): Warnings {
  const features = [
    tools?.length ? 'tools' : '',
    responseFormat?.type === 'json' ? 'responseFormat' : '',
    presencePenalty ? 'presencePenalty' : '',
    frequencyPenalty ? 'frequencyPenalty' : '',
  ];
  return features.filter(Boolean).map((feature) => ({ type: 'unsupported', feature }));
}

/** @throws {InvalidOptionError} for what this model cannot read at all: a tool's result, a file that is no text */
function toMessages(prompt: CallOptions['prompt']): { messages: ChatMessage[]; warnings: Warnings } {
  const warnings: Warnings = [];
  const messages = prompt.map((message): ChatMessage => {
    if (message.role === 'system') return { role: 'system', content: message.content };
    if (message.role === 'tool')
      throw new InvalidOptionError('prompt', 'holds a tool result; this model calls no tools');
    const texts: string[] = [];
    for (const part of message.content) {
      if (part.type === 'text') texts.push(part.text);
      else if (part.type === 'reasoning')
        warnings.push({ type: 'other', message: 'reasoning is left out of the prompt' });
      else throw new InvalidOptionError('prompt', `holds a part of type "${part.type}"; this model reads text only`);
    }
    return { role: message.role, content: texts.join('\n') };
  });
  return { messages, warnings };
}
