import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filterNearDuplicates } from '@alpacare/eval';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../../core/src/testing/temporary-folder.ts';
import { fakeChat } from '../../../core/test/support/fake-chat.ts';
import { nearDuplicateFilter } from '../config/near-duplicates.ts';
import { runCommand } from '../testing/run-command.ts';
import { saidOnStderr } from '../testing/said-on-stderr.ts';
import { growCommand } from './grow.ts';

const seeds = [
  'Explain how vaccines train the body.',
  'Summarise this leaflet on hand washing.',
  'Which foods are rich in iron?',
  'Write a note to a worried parent.',
];
const task = (instruction: string) => ({
  topic: 'Health',
  view: 'Patient',
  type: 'Open Q&A',
  difficulty: '2',
  instruction,
  input: '<noinput>',
});
const stderr = saidOnStderr();

async function setUp() {
  const chat = await fakeChat();
  const folder = await temporaryFolder();
  const file = join(folder, 'seeds.json');
  await writeFile(file, JSON.stringify(seeds.map(task)));
  const out = join(folder, 'grown');
  const base = [
    '--seeds',
    file,
    '--out',
    out,
    '--task-endpoint',
    chat.baseUrl,
    '--task-model',
    'large',
    '--answer-model',
    'small',
  ];
  return { chat, out, run: (...args: string[]) => runCommand(growCommand(), [...base, ...args]) };
}
const lines = async (file: string): Promise<Record<string, unknown>[]> =>
  (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('alpacare grow', () => {
  it('drops what is near a seed or an earlier task by ROUGE-L, and answers that the safety rules block', async () => {
    const { chat, out, run } = await setUp();
    const answered = [
      'Explain how vaccines train the human body.', // close to a seed
      'List three ways to sleep better on night shifts.',
      'List three ways to sleep better on a night shift.', // close to the one before
      'What does a physiotherapist do?',
    ];
    chat.behave = ({ model, messages }) => {
      if (model === 'large') return { kind: 'say', text: JSON.stringify(answered.map(task)) };
      return {
        kind: 'say',
        text: messages.at(-1)!.content.includes('physio')
          ? 'Take 400 mg of ibuprofen twice a day.'
          : 'Keep the room dark.',
      };
    };
    const said = await run('--target', '2', '--yes');
    expect(said).toMatch(/^2 new tasks, estimated:\n {2}tasks: {3}1 calls/);
    expect(said).toMatch(
      /1 records \(all that was wanted\)\n {2}near-duplicate: 2 dropped\n {2}refused-by-check: 1 dropped/,
    );
    const decisions = await lines(join(out, 'decisions.jsonl'));
    expect(decisions.map(({ reason }) => reason)).toEqual([
      'near-duplicate',
      undefined,
      'near-duplicate',
      'refused-by-check',
    ]);
    expect(decisions[0]).toMatchObject({ note: seeds[0], similarity: expect.closeTo((2 * 6) / 13, 5) });
    expect(decisions[2]).toMatchObject({ note: answered[1] });
    expect(decisions[3]!.note).toMatch(/dosage|prescription/);
    const system = chat.requests.find(({ model }) => model === 'small')!.messages[0]!;
    expect(system.role).toBe('system');
  });

  it('says what it would cost and asks nothing before it is told to', async () => {
    const { chat, run } = await setUp();
    const prices = ['--task-price', '2/8', '--answer-price', '0.4/1.6'];
    expect(await run('--target', '1000', '--estimate', ...prices)).toMatch(
      /answers: 1000 calls.*\n {2}cost: {4}\d+\.\d\d\n/,
    );
    expect(await run('--target', '1000')).toMatch(/give --task-price/);
    expect(stderr.text).toMatch(/add --yes to start/);
    expect(process.exitCode).toBe(2);
    expect(chat.requests).toEqual([]);
  });

  it('sends the key of the variable that is named, and stops at the cost that is given', async () => {
    const { chat, run } = await setUp();
    vi.stubEnv('CLINIC_KEY', 'sk-clinic');
    const said = await run(
      '--target',
      '30',
      '--yes',
      '--key-variable',
      'CLINIC_KEY',
      '--task-price',
      '10/30',
      '--answer-price',
      '1/2',
      '--max-cost',
      '0.1',
    );
    expect(said).toMatch(/stopped at the limit of cost/);
    expect(new Set(chat.requests.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer sk-clinic']));
    expect(chat.requests.length).toBeLessThan(40);
  });

  it('goes on where it was stopped', async () => {
    const { chat, out, run } = await setUp();
    await run('--target', '10', '--yes');
    const before = chat.requests.length;
    expect(await run('--target', '20', '--yes')).toMatch(/20 records/);
    expect(stderr.text).toMatch(/11 answers are here already/);
    expect(chat.requests.length).toBe(before + 1 + 10);
    expect(await lines(join(out, 'records.jsonl'))).toHaveLength(20);
  });
});

it('the filter compares with all that is kept, and with the candidates kept before', () => {
  const filter = nearDuplicateFilter(filterNearDuplicates, 0.7);
  expect(
    filter(['the heart pumps blood'], ['the heart pumps blood now', 'lungs take in air', 'the lungs take in air']),
  ).toEqual([
    { similarity: expect.closeTo(8 / 9, 6), text: 'the heart pumps blood' },
    null,
    { similarity: expect.closeTo(8 / 9, 6), text: 'lungs take in air' },
  ]);
  expect(filter([], [])).toEqual([]);
});
