import { type Concept, idOf } from './concepts.ts';
import type { SentenceReading } from './sentence-reading.ts';

type Part = Concept | readonly Concept[];

interface Cry {
  readonly parts: readonly (readonly number[])[];
  readonly within: number;
  readonly ordered: boolean;
  /** Nobody asks for this in order to learn: it needs no person. */
  readonly bare: boolean;
}

const cry = (within: number, ...list: Part[]): Cry => ({
  parts: list.map((part) => (typeof part === 'string' ? [idOf(part)] : part.map(idOf))),
  within,
  ordered: true,
  bare: false,
});

const anyOrder = (within: number, ...list: Part[]): Cry => ({ ...cry(within, ...list), ordered: false });
const bare = (within: number, ...list: Part[]): Cry => ({ ...cry(within, ...list), bare: true });

/** What people say who are about to end their life or hurt somebody, or who know one who is. */
const CRIES: readonly Cry[] = [
  cry(3, ['kill', 'harm'], 'self'),
  cry(3, ['kill', 'end', 'take_life'], 'my_life'),
  cry(1, 'suicidal'),
  cry(5, 'want', 'suicide'),
  cry(4, 'want', 'die'),
  cry(2, 'die', 'want'),
  cry(4, 'ready', 'die'),
  cry(6, 'die', 'tonight'),
  cry(4, 'rather', 'die'),
  cry(5, 'not', 'want', 'live'),
  cry(5, 'not', 'live', 'no_more'),
  anyOrder(5, 'want', 'not', 'live'),
  cry(3, 'never', 'live'),
  cry(1, 'hopeless'),
  cry(8, 'better_off', 'gone'),
  cry(6, ['notice', 'i_if'], 'gone'),
  cry(3, 'want', 'end'),
  cry(3, 'end', 'tonight'),
  cry(1, 'end_now'),
  cry(1, 'goodbye'),
  cry(8, 'means', 'at_hand'),
  cry(6, 'at_hand', 'means'),
  cry(6, 'drive', 'into'),
  cry(5, 'want', 'cut', 'until'),
  cry(6, 'jump', 'edge'),
  cry(9, 'edge', 'jump'),
  cry(5, ['want', 'stand'], 'jump'),
  cry(4, ['chose', 'stand'], 'edge'),
  cry(9, 'give_away', 'give_away'),
  cry(1, 'cut_deep'),
  cry(4, 'stop_cutting', 'cut'),
  cry(8, 'ingest_plan', 'too_many', 'medicine_word'),
  cry(9, 'way_to', 'die'),
  bare(9, 'how_many', ['medicine_word', 'street_drug'], ['die', 'lethal']),
  cry(9, 'way_to', 'lethal'),
  bare(7, 'way_to', ['kill', 'overdose'], ['self', 'overdose', 'my_life']),
  bare(3, 'quick_way', 'lethal'),
  bare(4, 'quick_way', ['kill', 'overdose', 'die']),
  cry(5, 'afraid', 'attack', 'target'),
  cry(3, 'attack_baby', 'target'),
  cry(4, 'beat', 'me'),
  cry(4, 'voices', 'attack'),
  cry(3, 'voices', 'commanding'),
];

const NO_CRIES: readonly Cry[] = [];
const byFirst: (Cry[] | undefined)[] = [];
for (const each of CRIES)
  for (const id of each.parts[0] as readonly number[]) byFirst[id] = [...(byFirst[id] ?? []), each];

/** Place of words of suicide, self-harm or violence in the sentence, and whether they need no person; or undefined. */
export function findCry(sentence: SentenceReading): { readonly place: number; readonly bare: boolean } | undefined {
  for (const id of sentence.present)
    for (const each of byFirst[id] ?? NO_CRIES) {
      const place = sentence.find(each.parts, each.within, each.ordered);
      if (place >= 0) return { place, bare: each.bare };
    }
  return undefined;
}
