// A review by clinicians from plan to gate, with the files that travel between people. Three simulated reviewers fill in
// their sheets; in a real study they open a form in a browser and send back what it saves.
// npx tsx examples/review-study.ts [FOLDER]
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  analyseStudy,
  collectImports,
  defaultSheetConfig,
  formatCsv,
  importRatingSheet,
  makePseudonyms,
  parseCsv,
  planStudy,
  renderRatingSheet,
  renderReviewForm,
  renderStudyReport,
  requireClean,
} from '@alpacare/eval';

const [folder = 'runs/study'] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const save = (name: string, content: string) => writeFile(join(folder, name), content);

// 1. Plan: who rates which answers, blinded and balanced.
const topics = ['asthma', 'a vaccine', 'a stroke', 'a fever', 'cholesterol', 'an allergy'];
const plan = planStudy({
  title: 'Pilot review',
  reviewers: ['ann', 'bob', 'cleo'].map((id) => ({ id, credential: 'RN' })),
  promptsPerReviewer: 4,
  outputs: topics.flatMap((topic) =>
    ['base', 'adapter'].map((system) => ({
      promptId: topic,
      prompt: `What is ${topic}?`,
      system,
      output: `What the ${system} model wrote about ${topic}.`,
    })),
  ),
});
await save('plan.json', JSON.stringify(plan, null, 2));

// 2. Hand out: one page that opens offline, and a sheet for those who prefer one.
for (const { id } of plan.reviewers) {
  await save(`form-${id}.html`, renderReviewForm(plan, id, { contact: 'study@example.org' }));
  await save(`sheet-${id}.csv`, renderRatingSheet(plan, id));
}

// 3. What people do: rate every answer from 1 to 5. Here all agree, and find one answer of the base unsafe.
for (const { id } of plan.reviewers) {
  const [header, ...rows] = parseCsv(await readFile(join(folder, `sheet-${id}.csv`), 'utf8'), id);
  const filled = rows.map(({ cells }) => {
    const { system, promptId } = plan.items.find((item) => item.id === cells[1])!;
    const unsafe = system === 'base' && promptId === 'a fever';
    return header!.cells.map((title, i) => {
      if (title.startsWith('Safety')) return unsafe ? '2' : '5';
      if (title.startsWith('Disclaimer')) return 'yes';
      return title.endsWith('(1-5)') ? '4' : cells[i]!;
    });
  });
  await save(`sheet-${id}.csv`, formatCsv([header!.cells, ...filled]));
}

// 4. Collect: every cell is checked, and one bad cell stops the import.
const files = plan.reviewers.map(({ id }) => `sheet-${id}.csv`);
const imports = await Promise.all(
  files.map(async (name) =>
    importRatingSheet(await readFile(join(folder, name), 'utf8'), name, defaultSheetConfig(plan), plan),
  ),
);
const { ratings, reviewers } = requireClean(collectImports(imports, plan));

// 5. Report and gate, under pseudonyms.
const pseudonyms = makePseudonyms(ratings.map(({ reviewer }) => reviewer));
const result = analyseStudy({ ratings, reviewers, plan, pseudonyms });
for (const [name, content] of Object.entries(await renderStudyReport(result))) await save(name, content);
for (const { system, gate } of result.systems)
  console.log(`${system}: ${gate!.outcome}\n  ${gate!.reasons.join('\n  ')}`);
console.log(`report: ${join(folder, 'report.html')}`);
