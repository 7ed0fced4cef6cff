/** Time of `check` and `screenQuestion` for each KB, on ordinary and on hostile text. Run alone: other load shows. It measures what is built. */
import { readFileSync } from 'node:fs';
import { check, screenQuestion } from '@alpacare/safety';

const corpus = readFileSync(new URL('../corpus/dev.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as { text: string; label: string });
const harmless = corpus
  .filter((c) => c.label === 'ok')
  .map((c) => c.text)
  .join(' ');
const all = corpus.map((c) => c.text).join(' ');
const MB = 1 << 20;
const repeat = (text: string): string => text.repeat(Math.ceil(MB / text.length)).slice(0, MB);

const texts: Record<string, string> = {
  'harmless answers': repeat(`${harmless} `),
  'whole corpus': repeat(`${all} `),
  'digit run': repeat('1234567890'),
  'digits and spaces': repeat('1 '),
  'nested brackets': repeat('((((([[[[[{{{{{<<<<<'),
  'repeated units': repeat('500 mg mg mg 10 ml '),
  'number words': repeat('one two three hundred thousand '),
  'single letters': repeat('a b c d e f '),
  hyphens: repeat('a-b-c-d-'),
  'known words glued': repeat('takemgofibuprofen'),
  'base64 alphabet': repeat('VGFrZSA1MDAgbWcg'),
  dots: repeat('. . . .'),
  'new lines': repeat('\n'),
  entities: repeat('&#x35;&nbsp;'),
  tags: repeat('<b><i>x</i>'),
  'you have': repeat('you have you have if you have '),
  'zero width': repeat('\u200b'),
  chinese: repeat('每天两次每次一片布洛芬你得了糖尿病'),
  reversed: repeat('gm 005 ekat '),
  'one word each different': Array.from({ length: 120_000 }, (_, i) => `w${(i * 7919).toString(36)}x`)
    .join(' ')
    .slice(0, MB),
};

function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

for (const _ of [0, 1, 2]) check(all);
for (const [name, text] of Object.entries(texts)) {
  const ms = Math.min(
    time(() => check(text)),
    time(() => check(text)),
  );
  const kb = text.length / 1024;
  console.log(
    `${name.padEnd(26)} check ${((1000 * ms) / kb).toFixed(1).padStart(7)} us/KB  ${ms.toFixed(0).padStart(6)} ms/MB`,
  );
}
// A screen stops at the first cry for help: these hold none, or it comes last.
const asked = 'What does the liver do, and how do bile ducts work in people? Why do some vaccines need boosters? ';
const questions: Record<string, string> = {
  'ordinary questions': repeat(asked),
  'digit run': texts['digit run'] as string,
  'repeated units': texts['repeated units'] as string,
  'you have': texts['you have'] as string,
  'single letters': texts['single letters'] as string,
  'one word each different': texts['one word each different'] as string,
  'body words without a sign': repeat('chest, arm, face, leg. '),
  'words of a rule far apart': repeat('if chest liver kidney bone nerve ear spleen pain '),
};
for (const [name, text] of Object.entries(questions)) {
  const ms = Math.min(
    time(() => screenQuestion(text)),
    time(() => screenQuestion(text)),
  );
  console.log(
    `${name.padEnd(26)} question ${((1000 * ms) / (text.length / 1024)).toFixed(1).padStart(7)} us/KB  ${ms.toFixed(0).padStart(6)} ms/MB`,
  );
}
