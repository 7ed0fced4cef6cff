import { type Concept, idOf } from './concepts.ts';
import type { SentenceReading } from './sentence-reading.ts';

/**
 * A sign that a body is in danger: meanings that stand together.
 * `weight` 3 is danger by itself, 2 needs one more sign or cue, 1 is a cue. `named` marks the name of a condition, which
 * people also study; a state of a body ("lips went blue") they tell of.
 */
interface Sign {
  readonly weight: number;
  readonly parts: readonly (readonly number[])[];
  readonly within: number;
  readonly ordered: boolean;
  readonly named: boolean;
}

type Part = Concept | readonly Concept[];

const parts = (list: readonly Part[]): number[][] =>
  list.map((part) => (typeof part === 'string' ? [idOf(part)] : part.map(idOf)));
const sign = (weight: number, within: number, ...list: Part[]): Sign => ({
  weight,
  parts: parts(list),
  within,
  ordered: false,
  named: false,
});
const inOrder = (weight: number, within: number, ...list: Part[]): Sign => ({
  ...sign(weight, within, ...list),
  ordered: true,
});
const named = (weight: number, within: number, ...list: Part[]): Sign => ({
  ...sign(weight, within, ...list),
  named: true,
});

const BODY_PART: readonly Concept[] = ['arm', 'leg', 'side', 'face'];
const SOMEBODY: readonly Concept[] = ['i', 'she_he', 'kin'];

const SIGNS: readonly Sign[] = [
  // Heart
  sign(3, 7, 'chest', 'pain'),
  sign(3, 3, 'chest', 'feel'),
  sign(3, 1, 'chest_pain'),
  sign(3, 4, ['arm', 'side'], 'droop'),
  sign(2, 4, 'throat', 'odd'),
  inOrder(3, 5, 'grab', 'chest'),
  sign(2, 4, 'heart', 'fast'),
  sign(3, 3, 'heart', 'stop'),
  inOrder(3, 3, 'not', 'heart'),
  sign(2, 3, 'arm', 'pain'),
  sign(2, 4, 'pain', 'jaw'),
  sign(3, 9, 'arm', 'jaw'),
  sign(2, 1, 'cpr'),
  // Breath
  inOrder(3, 4, 'cannot', 'breath'),
  inOrder(3, 3, 'not', 'breath'),
  inOrder(3, 4, 'breath', 'not'),
  sign(3, 3, 'stop', 'breath'),
  inOrder(3, 5, 'breath', 'trouble'),
  sign(2, 1, 'short_breath'),
  sign(3, 3, 'breath', 'slow'),
  sign(3, 1, 'gasp'),
  sign(2, 1, 'wheeze'),
  inOrder(3, 5, 'cannot', ['speech', 'sentence']),
  sign(2, 4, ['inhaler', 'wheeze'], 'useless'),
  sign(3, 3, 'ribs', 'suck'),
  sign(3, 5, ['lips', 'face', 'baby', 'child', 'tongue', 'she_he', 'kin'], 'blue', 'turned'),
  sign(3, 3, ['lips', 'face', 'tongue'], 'blue'),
  inOrder(2, 4, 'turned', 'blue'),
  sign(2, 2, 'turned', 'pale'),
  inOrder(3, 5, 'only', ['speech', 'sentence']),
  // Brain
  sign(3, 6, 'face', 'droop'),
  sign(3, 5, 'speech', 'garbled'),
  sign(2, 4, 'speech', 'odd'),
  sign(3, 1, 'slurred'),
  sign(3, 5, BODY_PART, 'weak'),
  inOrder(3, 5, 'cannot', ['move', 'feel'], [...BODY_PART, 'body']),
  inOrder(3, 6, [...BODY_PART, 'body'], 'cannot', ['move', 'feel']),
  inOrder(3, 3, 'cannot', 'speech'),
  inOrder(2, 3, 'cannot', 'move'),
  inOrder(3, 3, 'not', 'speech', 'not'),
  inOrder(3, 5, BODY_PART, 'not', 'move'),
  sign(3, 9, 'weak', 'bladder'),
  sign(3, 4, 'lose', 'vision'),
  inOrder(3, 6, 'cannot', 'vision', ['eye', 'side']),
  sign(3, 6, 'sudden', ['vision', 'blind', 'double_vision']),
  sign(3, 3, 'turned', 'blind'),
  inOrder(2, 3, 'vision', 'double_vision'),
  sign(3, 6, ['headache', 'head'], 'thunder'),
  sign(3, 1, 'thunder'),
  sign(3, 3, 'worst', ['headache', 'pain']),
  sign(2, 4, 'headache', ['severe', 'sudden']),
  sign(2, 2, 'neck', 'stiff'),
  sign(3, 5, 'pupil', 'unequal'),
  sign(3, 3, 'pupil', 'tiny'),
  sign(2, 1, 'confused'),
  sign(2, 1, 'drowsy'),
  named(2, 1, 'seizure'),
  sign(3, 1, 'seizing'),
  // Consciousness
  named(2, 1, 'collapse'),
  sign(3, 8, 'collapsed_now', SOMEBODY),
  named(3, 1, 'unconscious'),
  inOrder(3, 4, ['not', 'cannot'], 'respond'),
  inOrder(3, 4, 'respond', 'not'),
  inOrder(3, 3, 'not', 'moving'),
  sign(2, 1, 'no_answer'),
  sign(3, 3, 'dying', SOMEBODY),
  // Allergy
  sign(3, 5, ['throat', 'tongue'], ['swell', 'pain_tight']),
  sign(3, 5, ['lips', 'face', 'eye'], 'swell'),
  sign(3, 8, 'itch', ['faint', 'vomit', 'wheeze', 'throat', 'hoarse']),
  sign(2, 8, 'itch', 'swell'),
  sign(2, 1, 'injector'),
  sign(2, 6, 'allergic', ['severe', 'swell', 'faint']),
  sign(3, 5, 'having', 'allergic'),
  sign(3, 9, 'allergen', 'itch'),
  sign(1, 1, 'allergen'),
  inOrder(3, 3, 'cannot', 'swallow'),
  // Poison, overdose
  sign(3, 4, 'overdosed', SOMEBODY),
  named(2, 1, 'overdose'),
  sign(3, 9, 'ingest', 'poison'),
  inOrder(3, 9, 'ingest', 'too_many', ['medicine_word', 'street_drug']),
  inOrder(3, 7, 'too_many', 'medicine_word', 'ingest'),
  inOrder(3, 6, 'ingest', 'container', 'medicine_word'),
  inOrder(3, 5, 'ingest', 'whole'),
  inOrder(2, 6, 'ingest', 'kin', 'medicine_word'),
  sign(2, 7, 'ingest', 'medicine_word', 'double_dose'),
  sign(3, 9, 'child', 'ingest', ['medicine_word', 'street_drug']),
  sign(3, 9, ['child', 'baby'], 'got_into', ['medicine_word', 'street_drug', 'poison']),
  sign(3, 9, 'medicine_word', 'missing', ['child', 'baby']),
  sign(2, 8, 'ingest', 'street_drug'),
  sign(3, 6, 'double_dose', 'drowsy'),
  named(2, 1, 'naloxone'),
  named(2, 1, 'monoxide'),
  sign(3, 6, 'monoxide', 'alarm'),
  sign(3, 6, 'mixed', 'poison'),
  sign(2, 4, ['ingest', 'cannot'], 'fumes'),
  // Bleeding, injury
  sign(3, 1, 'bleeding_out'),
  sign(2, 1, 'bleed'),
  inOrder(3, 3, 'vision', 'bone'),
  sign(3, 8, 'pregnant', 'much'),
  sign(3, 4, 'stool', 'black'),
  inOrder(3, 3, 'got', 'injure'),
  sign(3, 9, 'hot_liquid', ['child', 'baby', 'face', 'chest']),
  sign(3, 7, ['bleed', 'blood'], ['not_stopping', 'much']),
  inOrder(3, 5, ['not', 'cannot'], 'stop', ['bleed', 'blood']),
  sign(3, 5, ['blood', 'much'], 'soak'),
  sign(3, 7, 'cough_up', 'blood'),
  sign(3, 1, 'black_stool'),
  inOrder(3, 4, 'lose', 'much', 'blood'),
  sign(2, 6, 'hole', ['blood', 'bleed', 'deep']),
  sign(3, 4, 'injure', SOMEBODY),
  sign(3, 3, 'injure', ['arm', 'leg', 'chest', 'belly', 'neck', 'head', 'back']),
  sign(3, 6, 'drown', SOMEBODY),
  inOrder(3, 5, ['pulled', 'fall', 'found'], 'water_body'),
  sign(2, 5, 'fall', ['height', 'head']),
  sign(2, 4, 'head', 'injured'),
  sign(3, 3, 'bone', 'protrude'),
  sign(3, 4, 'fluid', 'ear'),
  sign(2, 1, 'injure'),
  sign(3, 4, 'cut_off', ['arm', 'finger', 'leg']),
  sign(2, 2, 'trapped'),
  sign(3, 5, 'burn', 'burn_bad'),
  sign(3, 8, 'bite', 'venom'),
  sign(2, 8, 'bite', ['swell', 'faint', 'throat']),
  sign(3, 5, 'poison', 'eye'),
  // Infants, pregnancy
  sign(3, 12, 'tiny_baby', 'fever'),
  sign(3, 9, ['baby', 'tiny_baby'], 'feed', 'not'),
  sign(3, 7, ['baby', 'tiny_baby'], ['drowsy', 'unconscious', 'fall', 'gasp']),
  sign(3, 9, 'pregnant', ['bleed', 'blood', 'seizure', 'much']),
  sign(3, 9, 'pregnant', 'headache', ['vision', 'severe', 'swell']),
  sign(3, 9, 'pregnant', 'severe', 'pain'),
  inOrder(3, 6, ['baby', 'fetus'], ['not', 'stop'], 'kick'),
  sign(3, 4, ['cord', 'foot'], 'coming_out'),
  sign(2, 2, 'labour'),
  sign(3, 1, 'imminent_birth'),
  sign(3, 9, 'labour', ['blood', 'bleed', 'weeks']),
  // Sugar, infection, heat
  sign(3, 4, 'sugar', 'off_scale'),
  sign(2, 9, 'diabetic', ['fruity', 'vomit', 'drowsy', 'confused']),
  sign(2, 1, 'fruity'),
  sign(3, 9, ['spots', 'itch'], 'glass_test'),
  inOrder(3, 8, 'not', 'baby', 'kick'),
  sign(2, 9, 'fever', ['itch', 'spots'], ['stiff', 'neck', 'not']),
  sign(3, 9, 'fever', 'confused'),
  sign(2, 3, 'belly', 'stiff'),
  sign(2, 4, ['belly', 'back', 'testicle'], 'severe'),
  sign(3, 6, 'severe', 'testicle'),
  sign(2, 3, 'lips', 'sore'),
  sign(3, 9, 'sore', 'mouth_sores'),
  sign(2, 6, ['heat', 'cold'], ['confused', 'collapse', 'drowsy', 'no_answer', 'garbled']),
  // Professional register: a patient here is failing.
  sign(3, 5, 'jargon', 'dropping'),
  // Conditions by name
  named(2, 1, 'named'),
  // Cues
  sign(1, 1, 'severe'),
  sign(1, 1, 'sudden'),
  sign(1, 1, 'faint'),
  sign(1, 1, 'pale'),
  sign(1, 1, 'vomit'),
  sign(1, 1, 'fever'),
  sign(1, 1, 'urgent'),
  sign(1, 1, 'dispatcher'),
  sign(1, 1, 'pregnant'),
];

const NO_SIGNS: readonly Sign[] = [];
/** Signs by the meaning of their first part. */
const byFirst: (Sign[] | undefined)[] = [];
for (const each of SIGNS)
  for (const id of each.parts[0] as readonly number[]) byFirst[id] = [...(byFirst[id] ?? []), each];

/** What a sentence shows: the greatest weight of a state and of a name, where they stand, and the sum of all. */
export interface Shown {
  state: number;
  statePlace: number;
  named: number;
  namedPlace: number;
  cues: number;
}

export function signsIn(sentence: SentenceReading): Shown {
  const shown: Shown = { state: 0, statePlace: -1, named: 0, namedPlace: -1, cues: 0 };
  const met: Sign[] = [];
  for (const id of sentence.present) {
    for (const each of byFirst[id] ?? NO_SIGNS) {
      if (each.parts[0]?.length !== 1 && met.includes(each)) continue;
      const place = sentence.find(each.parts, each.within, each.ordered);
      if (place < 0) continue;
      met.push(each);
      if (each.weight === 1) shown.cues++;
      else if (each.named) {
        if (shown.named >= 2) shown.cues++;
        if (each.weight > shown.named) {
          shown.named = each.weight;
          shown.namedPlace = place;
        }
      } else {
        // A second strong sign of another place counts as a cue.
        if (shown.state >= 2 && Math.abs(place - shown.statePlace) > 2) shown.cues++;
        if (each.weight > shown.state) {
          shown.state = each.weight;
          shown.statePlace = place;
        }
      }
    }
  }
  const vital = vitalSign(sentence);
  if (vital > shown.state) {
    shown.state = vital;
    shown.statePlace = 0;
  }
  return shown;
}

/** A measured value that no body keeps up for long. */
function vitalSign(sentence: SentenceReading): number {
  const { numbers } = sentence;
  if (numbers.length === 0) return 0;
  for (let i = 0; i < numbers.length; i++) {
    const { value, place } = numbers[i] as { value: number; place: number };
    const near = (concept: Concept, before = 4, after = 2): boolean =>
      sentence.at(concept).some((at) => place - at <= before && at - place <= after);
    if (near('saturation') && value < 86 && value > 20) return 3;
    if (near('coma_scale') && value <= 10) return 3;
    const next = numbers[i + 1];
    if (next && next.place - place <= 2 && near('pressure', 6, 3)) {
      if (value < 86 && next.value < 60 && value > next.value) return 3;
      if (value >= 155 && next.value >= 100 && sentence.hasAny(['pregnant', 'weeks', 'vision', 'headache'])) return 3;
      if (value >= 220 || next.value >= 130) return 2;
    }
    if (near('heart') && (value >= 160 || (value <= 38 && value > 15)) && value < 320) return 3;
    if (near('sugar') && ((value < 50 && value >= 10) || (value >= 500 && value < 2000))) return 3;
    if (near('fever')) {
      if ((value >= 41 && value < 46) || (value >= 105.5 && value < 116)) return 3;
      if ((value >= 40 && value < 46) || (value >= 104 && value < 116)) return 2;
    }
    if ((value >= 41 && value < 46 && near('degree', 0, 2)) || (value >= 105 && value < 116 && near('degree', 0, 2)))
      return 3;
  }
  return 0;
}
