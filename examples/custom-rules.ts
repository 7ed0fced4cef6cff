// Safe generation with rules of one's own: a pack from a JSON file, and one rule in code, on top of the standard ones.
// npx tsx examples/custom-rules.ts [RULES.json]
import { readFile } from 'node:fs/promises';
import { changePolicy, defineRule, type Generate, parsePolicy, safeGenerate, testRule } from '@alpacare/safety';

const [file = 'examples/clinic-rules.json'] = process.argv.slice(2);
const pack = parsePolicy(JSON.parse(await readFile(file, 'utf8')), file);

// What a pattern cannot say, code can: more than two telephone numbers in a sentence look like an invented list.
const phone = /\b\d{3}[ -]\d{3,4}(?:[ -]\d{3,4})?\b/g;
const inventedNumbers = defineRule({
  id: 'clinic/invented-numbers',
  category: 'custom',
  reason: 'lists telephone numbers',
  detect: ({ text, start }) => {
    const [first, ...more] = [...text.slice(start).matchAll(phone)];
    if (first === undefined || more.length < 2) return [];
    return [{ from: start + first.index, to: start + first.index + first[0].length }];
  },
});
const { failures } = testRule(inventedNumbers, [
  { text: 'Call 555-0101, 555-0102 or 555-0103.', expect: true },
  { text: 'Call 555-0101 in the day and 555-0102 at night.', expect: false },
]);
if (failures.length > 0) throw new Error(JSON.stringify(failures, null, 2));

const policy = changePolicy(pack, { add: [inventedNumbers] });
const model: Generate = async function* () {
  yield* [
    'Ginger tea is pleasant when you have a cold. ',
    'It is guaranteed to cure it. ',
    'Take 400 mg of ibuprofen, too. ',
  ];
  yield* ['Nurses answer at 555-0101, 555-0102 and 555-0103. ', 'Rest and fluids help.'];
};
const question = 'What helps with a cold?';
const { text, decision, findings } = await safeGenerate(model, [{ role: 'user', content: question }], { policy });

console.log(text);
console.log(`\n${decision}: ${findings.map(({ rule }) => rule).join(', ')}`);
