/** Measurements -> the Markdown of the README. */
import { type Column, type Section, sections } from './sections.ts';

export type Figures = Readonly<Record<string, number>>;

/** What was measured, as it is kept in results.json. */
export interface Results {
  readonly machine: string;
  readonly peers: string;
  /** Where each section was measured; those of another machine say so. */
  readonly machines?: Readonly<Record<string, string>>;
  /** Rounds of each section: the figures of each entry by its name. An entry that could not run is not in its round. */
  readonly sections: Readonly<Record<string, readonly Readonly<Record<string, Figures>>[]>>;
}

const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);

/** The middle one, or the mean of the two in the middle. */
export function median(list: readonly number[]): number {
  const all = sorted(list);
  return (all[Math.floor((all.length - 1) / 2)]! + all[Math.floor(all.length / 2)]!) / 2;
}

function cell(values: readonly number[], { digits }: Column): string {
  if (values.length === 0) return '';
  const text = (value: number) => (digits === undefined ? value.toPrecision(2) : value.toFixed(digits));
  const [low, high] = [Math.min(...values), Math.max(...values)].map(text);
  const middle = text(median(values));
  return low === high ? middle : `${middle} (${low} to ${high})`;
}

function table({ id, title, columns, peers, entries }: Section, results: Results): string {
  const rounds = results.sections[id] ?? [];
  const [first] = columns;
  const shown = columns.filter(({ figure }) =>
    rounds.some((round) => Object.values(round).some((row) => figure in row)),
  );
  const beside = peers.filter((peer) => rounds.some((round) => peer in round));
  const place = results.machines?.[id] ?? results.machine;
  const where = place === results.machine ? '' : ` (measured on ${place})`;
  const heading = [title + where, ...shown.map(({ heading }) => heading), ...beside.map((peer) => `x ${peer}`)];
  const rows = entries.flatMap(({ name }) => {
    const own = rounds.filter((round) => name in round);
    if (own.length === 0) return [];
    const figures = shown.map((column) =>
      cell(
        own.flatMap((round) => round[name]![column.figure] ?? []),
        column,
      ),
    );
    // A ratio is taken within a round: the two ran one after the other.
    const ratios = beside.map((peer) => {
      const list = own.flatMap((round) => {
        const other = round[peer]?.[first!.figure];
        return other === undefined ? [] : [round[name]![first!.figure]! / other];
      });
      return cell(list, { heading: '', figure: '', digits: 2 });
    });
    return [[name, ...figures, ...ratios]];
  });
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

export function render(results: Results): string {
  const speed = sections
    .filter(({ once, id }) => !once && results.sections[id])
    .map(({ id }) => results.sections[id]!.length);
  const rounds = speed.length === 0 ? '' : `${Math.min(...speed)} to ${Math.max(...speed)} rounds, `;
  const about = `${results.machine}. Random weights of TinyLlama's shape, LoRA r=8 on q and v, AdamW included, 2 threads, ${rounds}one process an entry, entries alternated; medians, in brackets lowest and highest. ${results.peers}`;
  return [about, ...sections.map((section) => table(section, results)).filter((text) => text !== '')].join('\n\n');
}

const [OPEN, CLOSE] = ['<!-- benchmarks: written by npm run bench -->', '<!-- /benchmarks -->'];

/** A README with the tables between its two markers replaced. @throws when it has no markers */
export function withTables(readme: string, results: Results): string {
  const [from, to] = [readme.indexOf(OPEN), readme.indexOf(CLOSE)];
  if (from < 0 || to < from) throw new Error(`README.md needs the lines ${OPEN} and ${CLOSE}`);
  return `${readme.slice(0, from + OPEN.length)}\n\n${render(results)}\n\n${readme.slice(to)}`;
}
