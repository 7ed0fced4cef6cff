/** A configuration as text for people: what is set, and beside it everything that could be, with what it means. */
import { type Preset, type PresetName, presets } from './presets/preset.ts';
import { runConfigJsonSchema } from './run-config-schema.ts';

interface Field {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Field>>;
}

/** What fields hold that nobody has set; the defaults of `alpacare train`. */
const STARTING: Readonly<Record<string, unknown>> = {
  model: './base-model',
  data: ['records.jsonl'],
  out: 'runs/first',
  quantize: 'int8',
  doubleQuantization: false,
  int8: 'accurate',
  template: 'chat',
  method: 'lora',
  lora: { rank: 8, alpha: 16, dropout: 0, rsLora: false, targets: ['q_proj', 'v_proj'] },
  records: { maxTokens: 512, overLimit: 'drop', split: '90/5/5' },
  training: {
    epochs: 3,
    steps: 1000,
    batchSize: 4,
    accumulation: 1,
    learningRate: 0.0002,
    schedule: 'cosine',
    warmupSteps: 0,
    warmupShare: 0.03,
    weightDecay: 0.01,
    maxGradientNorm: 1,
    packing: 512,
    gradientCheckpointing: false,
    optimizer: 'adamw',
    evaluateEvery: 100,
    checkpointEvery: 100,
  },
  adapter: 'runs/first',
  answers: {
    system: 'Use short words.',
    maxNewTokens: 256,
    temperature: 0.6,
    topK: 0,
    topP: 0.9,
    repetitionPenalty: 1,
    seed: 42,
    stop: ['###'],
  },
  server: {
    name: 'first',
    host: '127.0.0.1',
    port: 8080,
    corsOrigins: ['http://localhost:3000'],
    queue: 16,
    maxTokens: 1024,
    maxBodyKiB: 256,
    preload: false,
  },
  samples: 3,
  seed: 42,
  threads: 2,
  engine: 'auto',
  runs: [
    { name: 'rank-16', lora: { rank: 16 } },
    { name: 'rate-1e-4', training: { learningRate: 0.0001 } },
  ],
};
const ALWAYS = ['model', 'data', 'out'];

/** JSON with comments. A field that is not set stands behind `//` with its default, or an example. */
export function writeCommentedConfig(schema: string, name?: PresetName): string {
  const preset: Preset | undefined = name === undefined ? undefined : presets[name];
  const { properties } = runConfigJsonSchema([]) as { properties: Readonly<Record<string, Field>> };
  const lines = [
    '// Configuration of alpacare train, generate, chat and serve; each takes it with --config. Flags count before it.',
  ];
  if (preset?.config.runs) lines.push('// With "runs" it is a sweep as well: alpacare sweep FILE');
  if (preset) {
    lines.push('//', `// ${preset.title}. Delete a line to take the recipe's value.`);
    for (const difference of preset.differs) lines.push(`// ${difference}`);
  }
  lines.push('{', `  "$schema": ${JSON.stringify(schema)},`);
  if (name) lines.push(`  "preset": ${JSON.stringify(name)},`);
  const set = { ...(preset?.config as Readonly<Record<string, unknown>>) };
  const write = (key: string, field: Field, value: unknown, example: unknown, indent: string): void => {
    lines.push('', `${indent}// ${field.description}`);
    if (field.properties) {
      lines.push(`${indent}${JSON.stringify(key)}: {`);
      for (const [inner, innerField] of Object.entries(field.properties)) {
        const [own, other] = [value, example].map((group) => (group as Record<string, unknown> | undefined)?.[inner]);
        write(inner, innerField, own, other, `${indent}  `);
      }
      lines.push(`${indent}},`);
    } else {
      const off = value === undefined ? '// ' : '';
      const text = key === 'runs' && value !== undefined ? listOfRuns(value, indent) : JSON.stringify(value ?? example);
      lines.push(`${indent}${off}${JSON.stringify(key)}: ${text},`);
    }
  };
  for (const [key, field] of Object.entries(properties)) {
    if (key === '$schema' || key === 'preset') continue;
    write(key, field, set[key] ?? (ALWAYS.includes(key) ? STARTING[key] : undefined), STARTING[key], '  ');
  }
  lines.push('}', '');
  return lines.join('\n').replaceAll(/\{\n\n/g, '{\n');
}

const listOfRuns = (runs: unknown, indent: string): string =>
  ['[', ...(runs as readonly object[]).map((run) => `${indent}  ${JSON.stringify(run)},`), `${indent}]`].join('\n');
