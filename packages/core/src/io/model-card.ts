/**
 * The README.md of an adapter: what it is, what it is for, what it must not be used for, how it was measured. The block
 * on top is what the hub reads (https://huggingface.co/docs/hub/model-cards).
 */
import type { AdapterConfig } from './peft-config-schema.ts';

/** What a model card says. */
export interface ModelCard {
  /** Heading of the card. */
  readonly title: string;
  /** Hub id or name of the base model. */
  readonly baseModel: string;
  /** Shape of the adapter. */
  readonly adapter: Pick<AdapterConfig, 'rank' | 'alpha' | 'targetModules' | 'rsLora' | 'modulesToSave'>;
  /** In what the frozen base was held during training, where not as its files do. */
  readonly trainedOn?: string;
  /** SPDX identifier, in the way the hub writes it, such as `apache-2.0`. It depends on the base and the data. */
  readonly license?: string;
  /** What it was trained on, in words: sources and numbers, never records. */
  readonly trainingData?: string;
  /** Whether a safety prefix stood before every prompt in training, and which; see `versions`. */
  readonly safetyPrefix?: boolean;
  /** Packages and texts that took part, such as `{ 'safety-prefix': '1' }`. */
  readonly versions?: Readonly<Record<string, string>>;
  /** What was measured, such as `['perplexity on 40 held-out answers', '8.31 (base: 12.9)']`. */
  readonly measurements?: readonly (readonly [what: string, value: string])[];
}

/** Text in a table cell or heading: no line breaks, no cell ends. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|');

function guardLines({ safetyPrefix = false, versions = {} }: ModelCard): string[] {
  const lines = [
    'Meant to be used behind `@alpacare/safety`, as `alpacare generate`, `chat` and `serve` do. Other tools have no guard.',
  ];
  if (safetyPrefix) lines.push('Every prompt in training began with its system prefix; put the same one first.');
  if (Object.keys(versions).length > 0) {
    const listed = Object.entries(versions).map(([name, version]) => `${plain(name)} ${plain(version)}`);
    lines.push(`Versions: ${listed.join(', ')}.`);
  }
  return lines;
}

/** The card as Markdown, with the front matter that the hub reads. */
export function modelCard(card: ModelCard): string {
  const { adapter, measurements = [] } = card;
  const targets = adapter.targetModules === 'all-linear' ? 'all linears' : adapter.targetModules.join(', ');
  const saved = adapter.modulesToSave?.length ? `; trained whole: ${adapter.modulesToSave.join(', ')}` : '';
  const front = [
    '---',
    'library_name: peft',
    `base_model: ${JSON.stringify(card.baseModel)}`,
    ...(card.license === undefined ? [] : [`license: ${JSON.stringify(card.license)}`]),
    'tags: [lora, medical, education]',
    '---',
  ];
  const table =
    measurements.length === 0
      ? ['Nothing was measured for this card.']
      : [
          '| measured | value |',
          '|---|---|',
          ...measurements.map(([what, value]) => `| ${plain(what)} | ${plain(value)} |`),
        ];
  return `${[
    ...front,
    '',
    `# ${plain(card.title)}`,
    '',
    `A LoRA adapter for ${plain(card.baseModel)}: rank ${adapter.rank}, alpha ${adapter.alpha}` +
      `${adapter.rsLora ? ' (rank-stabilised)' : ''}, on ${plain(targets)}${plain(saved)}.`,
    ...(card.trainedOn === undefined ? [] : [`It was trained on ${plain(card.trainedOn)}.`]),
    '',
    '## What it is for',
    'Medical education: explaining how the body, illnesses and treatments work, to people who want to learn.',
    '',
    '## What it must not be used for',
    'It is no medical device and gives no medical advice. It must not diagnose, prescribe or name a dose for a person,',
    'and no decision about anyone’s health may rest on it. Use it behind a guard that refuses such answers; without one it',
    'can produce them. Like every language model it can be wrong in fluent sentences.',
    '',
    '## Limits',
    'The figures below, where there are any, compare models on records of one data set. They do not say that an answer is',
    'right, and nothing was measured in languages or topics that the records do not hold. A guard of rules catches what its',
    'rules describe; expect it to miss some of what it should stop.',
    '',
    '## Guard',
    ...guardLines(card),
    '',
    '## Licence',
    card.license ?? 'Not stated. It depends on the base and on the data: fill it in before this goes anywhere.',
    '',
    '## Training data',
    card.trainingData ?? 'Not stated.',
    '',
    '## Measurements',
    ...table,
  ].join('\n')}\n`;
}
