/** The configuration file of a run: what is trained, and how it answers afterwards. Every field may be left out; what is given stands between preset and flags. */
import { z } from 'zod';

const count = (text: string) => z.int().min(1).optional().describe(text);
const positive = (text: string) => z.number().gt(0).optional().describe(text);
const SPLIT = /^\d+(\.\d+)?(\/\d+(\.\d+)?){2}$|^\d+(,\d+){2}$/;

/** Fields that a run of a sweep may change. */
const varied = {
  quantize: z
    .enum(['int8', 'int4', 'nf4'])
    .optional()
    .describe('Hold the frozen base in 8 or 4 bits: less memory, and with int8 often faster'),
  doubleQuantization: z
    .boolean()
    .optional()
    .describe('With nf4: hold its scales in 8 bits too, 4.13 bits a weight in place of 4.5'),
  template: z.enum(['chat', 'alpaca', 'medalpaca']).optional().describe("Prompt template; default: the model's own"),
  lora: z
    .strictObject({
      rank: count('Inner size of the adapter'),
      alpha: positive('The update counts alpha / rank'),
      dropout: z.number().min(0).lt(1).optional().describe("Share of the adapter's input dropped in training"),
      rsLora: z.boolean().optional().describe('Scale by alpha / sqrt(rank)'),
      targets: z
        .union([z.literal('all-linear'), z.array(z.string().min(1)).min(1)])
        .optional()
        .describe('Linears that get an adapter'),
    })
    .optional()
    .describe('The adapter'),
  records: z
    .strictObject({
      maxTokens: count('Longest example, in tokens'),
      overLimit: z.enum(['drop', 'truncate-answer']).optional().describe('What becomes of longer ones'),
      split: z
        .string()
        .regex(SPLIT, 'expected shares such as 90/5/5, or counts such as 5000,250,250')
        .optional()
        .describe('Training, validation and test: shares 90/5/5, or counts 5000,250,250'),
    })
    .optional()
    .describe('How records are prepared'),
  training: z
    .strictObject({
      epochs: positive('Passes over the data'),
      steps: count('Updates to make, in place of epochs'),
      batchSize: count('Examples in a batch'),
      accumulation: count('Batches of one update'),
      learningRate: positive('Peak rate'),
      schedule: z.enum(['constant', 'linear', 'cosine']).optional().describe('How the rate falls'),
      warmupSteps: z.int().min(0).optional().describe('Updates over which the rate rises'),
      warmupShare: z.number().min(0).lt(1).optional().describe('The same as a share of all updates'),
      weightDecay: z.number().min(0).optional().describe('Decay of AdamW'),
      maxGradientNorm: positive('Gradients are scaled down to this norm'),
      packing: count('Lay the examples of a batch into rows of at most so many tokens'),
      gradientCheckpointing: z
        .boolean()
        .optional()
        .describe('Compute layers again on the way back: less memory, more time'),
      optimizer: z.enum(['adamw', 'adamw8bit']).optional().describe('adamw8bit holds its moments in 8 bits'),
      evaluateEvery: count('Updates between validations'),
      checkpointEvery: count('Updates between checkpoints'),
    })
    .optional()
    .describe('How it is trained'),
  seed: z.int().min(0).optional().describe('Of the split, the order and dropout'),
};

export const runConfigSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where editors find the names and values that a configuration may hold'),
    preset: z.string().optional().describe('Published recipe to start from; see alpacare init --help'),
    model: z.string().min(1).optional().describe('Model folder, or organisation/name[@revision] of the hub'),
    data: z.array(z.string().min(1)).min(1).optional().describe('Record files, or data sets of the hub'),
    out: z.string().min(1).optional().describe('Folder for the adapter, the manifest and the logs'),
    quantize: varied.quantize,
    doubleQuantization: varied.doubleQuantization,
    int8: z
      .enum(['fast', 'accurate'])
      .optional()
      .describe("How products with an int8 base are computed; default: what this processor's instructions favour"),
    template: varied.template,
    method: z.enum(['lora', 'full']).optional().describe('Train an adapter, or every weight of the model'),
    lora: varied.lora,
    records: varied.records,
    training: varied.training,
    adapter: z
      .string()
      .min(1)
      .nullable()
      .optional()
      .describe('Adapter that answers; default: what was trained into "out"; null: the base alone'),
    answers: z
      .strictObject({
        system: z.string().optional().describe('Instructions of your own for chat; they come after the safety prefix'),
        maxNewTokens: count('Longest answer, in tokens'),
        temperature: z.number().min(0).max(2).optional().describe('0 takes the likeliest token'),
        topK: z.int().min(0).optional().describe('Draw from so many likeliest tokens; 0 from all'),
        topP: z.number().gt(0).max(1).optional().describe('Draw from the likeliest tokens that make up this share'),
        repetitionPenalty: positive('Above 1 makes repeats less likely'),
        seed: z.int().min(0).optional().describe('Of the draw'),
        stop: z.array(z.string().min(1)).optional().describe('Texts that end an answer'),
      })
      .optional()
      .describe('How generate and chat answer'),
    server: z
      .strictObject({
        name: z.string().min(1).optional().describe('What clients call the model'),
        host: z.string().min(1).optional().describe('Address to listen on'),
        port: z.int().min(0).max(65_535).optional().describe('Port to listen on; 0 takes a free one'),
        corsOrigins: z.array(z.string().min(1)).optional().describe('Web pages of these origins may call the server'),
        queue: z.int().min(0).optional().describe('Requests that may wait; more are told to try later'),
        maxTokens: count('Longest answer that can be asked for'),
        maxBodyKiB: count('Largest request, in KiB'),
        preload: z.boolean().optional().describe('Load the model at the start, not with the first question'),
      })
      .optional()
      .describe('How serve listens; its key comes from ALPACARE_API_KEY'),
    samples: z.int().min(0).optional().describe('Questions the report answers before and after training'),
    seed: varied.seed,
    threads: count('Processor threads'),
    engine: z.enum(['auto', 'cpu', 'cuda', 'webgpu', 'tensorflow']).optional().describe('Where to compute'),
    runs: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[\w.-]+$/, 'expected letters, digits, ".", "_" and "-"'),
          ...varied,
        }),
      )
      .min(1)
      .optional()
      .describe('For alpacare sweep: runs beside the one above, each with a name and the one field it changes'),
  })
  .describe('Configuration of alpacare: train, sweep, generate, chat and serve');

export type RunConfig = z.input<typeof runConfigSchema>;

/** The schema for editors, as JSON Schema. */
export function runConfigJsonSchema(presets: readonly string[]): object {
  const schema = z.toJSONSchema(runConfigSchema, { io: 'input' }) as { properties: Record<string, object> };
  schema.properties.preset = { ...schema.properties.preset, enum: presets };
  return schema;
}
