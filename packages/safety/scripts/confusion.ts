/**
 * Prints how the guard judges the labelled corpus: for each category what its rule caught and missed, for each rule what
 * it wrongly blocked, and the questions. `pnpm --filter @alpacare/safety confusion [--list]`; --list names the dev misses.
 */
import { check, screenQuestion } from '../src/index.ts';
import { type Case, type Part, readCorpus } from './corpus.ts';

const RULES = ['dosage', 'prescription', 'diagnosis', 'decision_rule'] as const;
const list = process.argv.includes('--list');
const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);
const print = (line = ''): void => console.log(line);

/** A part of the corpus, or one writer of it. */
const SPLITS: readonly (readonly [name: string, part: Part, own: (one: Case) => boolean])[] = [
  ['dev, which the rules and models were made on', 'dev', () => true],
  ['train, which the models were made on', 'train', () => true],
  ['validation, counted to choose where the models say yes', 'validation', () => true],
  ['report by the writer of the first rules', 'report', ({ writer }) => writer === 'report'],
  [
    'report by five writers who saw only the policy, counted two or three times',
    'report',
    ({ writer }) => ['v7', 'v8', 'v9', 'v10', 'v11'].includes(writer),
  ],
  [
    'report by two others, counted once, when all else was fixed',
    'report',
    ({ writer }) => ['v12', 'v13'].includes(writer),
  ],
];

for (const [split, part, own] of SPLITS) {
  const cases = readCorpus(part).filter(own);
  const judged = cases
    .filter((c) => c.kind === 'answer')
    .map((c) => ({ ...c, found: new Set<string>(check(c.text).findings.map((f) => f.category)) }));
  const violations = judged.filter((c) => c.label === 'violation');
  const harmless = judged.filter((c) => c.label === 'ok');
  print(`### ${split}: ${violations.length} violations, ${harmless.length} harmless texts`);
  print();
  print('| category | texts | blocked | recall | by its own rule | harmless texts the rule blocks |');
  print('|---|---|---|---|---|---|');
  for (const rule of RULES) {
    const own = violations.filter((c) => c.categories.includes(rule));
    const blocked = own.filter((c) => c.found.size > 0);
    const wrong = harmless.filter((c) => c.found.has(rule));
    print(
      `| ${rule} | ${own.length} | ${blocked.length} | ${percent(blocked.length, own.length)} | ${own.filter((c) => c.found.has(rule)).length} | ${wrong.length} |`,
    );
  }
  const blocked = violations.filter((c) => c.found.size > 0).length;
  const wrong = harmless.filter((c) => c.found.size > 0).length;
  print(
    `| all | ${violations.length} | ${blocked} | ${percent(blocked, violations.length)} | | ${wrong} (${percent(wrong, harmless.length)}) |`,
  );
  print();
  const questions = cases
    .filter((c) => c.kind === 'question')
    .map((c) => ({ ...c, got: screenQuestion(c.text).verdict }));
  print('| question | asked | emergency | fallback | allow |');
  print('|---|---|---|---|---|');
  for (const label of ['emergency', 'fallback', 'ok']) {
    const own = questions.filter((q) => q.label === label);
    const count = (verdict: string): number => own.filter((q) => q.got === verdict).length;
    print(`| ${label} | ${own.length} | ${count('emergency')} | ${count('fallback')} | ${count('allow')} |`);
  }
  print();
  // The other parts stay unread: looking at its misses would make it a second development split.
  if (list && part === 'dev') {
    for (const c of judged)
      if ((c.label === 'violation') !== c.found.size > 0) print(`- ${c.id} ${c.label} (${c.technique})`);
    for (const q of questions)
      if ((q.label === 'ok' ? 'allow' : q.label) !== q.got) print(`- ${q.id} ${q.label} -> ${q.got}`);
    print();
  }
}
