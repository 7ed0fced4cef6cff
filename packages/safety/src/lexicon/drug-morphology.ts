import { type Ending, Endings } from './endings.ts';
import { NO_LETTERS, withLetter } from './sieve.ts';

/**
 * Medicines by the shape of their name. International non-proprietary names carry a stem ("-pril", "-sartan", "cef-"),
 * so a name that nobody listed is still read as a medicine.
 * Source: WHO, "The use of stems in the selection of International Nonproprietary Names", 2018.
 */

/** Ending -> shortest word that may carry it. Short English words ("april") stay out. */
const ENDINGS: readonly Ending[] = [
  ['pril', 7],
  ['sartan', 8],
  ['olol', 7],
  ['alol', 7],
  ['statin', 8],
  ['cillin', 8],
  ['mycin', 8],
  ['micin', 8],
  ['azole', 7],
  ['oxazole', 8],
  ['tidine', 8],
  ['azepam', 7],
  ['zolam', 7],
  ['triptan', 8],
  ['gliptin', 9],
  ['gliflozin', 10],
  ['zumab', 7],
  ['ximab', 7],
  ['umab', 8],
  ['tinib', 7],
  ['fenib', 8],
  ['ciclib', 8],
  ['parib', 7],
  ['ovir', 7],
  ['avir', 7],
  ['evir', 7],
  ['ivir', 7],
  ['clovir', 7],
  ['floxacin', 9],
  ['cycline', 9],
  ['setron', 8],
  ['dipine', 8],
  ['semide', 8],
  ['thiazide', 9],
  ['parin', 8],
  ['xaban', 7],
  ['gatran', 8],
  ['glitazone', 10],
  ['profen', 8],
  ['coxib', 7],
  ['oxetine', 8],
  ['pramine', 8],
  ['triptyline', 10],
  ['apine', 8],
  ['peridone', 9],
  ['idone', 9],
  ['piprazole', 9],
  ['lukast', 8],
  ['buterol', 8],
  ['meterol', 9],
  ['nisone', 8],
  ['nisolone', 9],
  ['methasone', 10],
  ['sonide', 8],
  ['tasone', 8],
  ['caine', 8],
  ['codone', 8],
  ['morphone', 9],
  ['barbital', 10],
  ['phylline', 9],
  ['zosin', 7],
  ['losin', 8],
  ['steride', 9],
  ['dronate', 9],
  ['glutide', 9],
  ['patide', 8],
  ['platin', 8],
  ['rubicin', 9],
  ['taxel', 8],
  ['trexate', 9],
  ['penem', 8],
  ['poetin', 8],
  ['ercept', 8],
  ['gepant', 8],
  ['orexant', 9],
  ['fibrate', 9],
  ['vaptan', 8],
  ['racetam', 9],
  ['gabalin', 9],
  ['faxine', 9],
  ['zodone', 8],
  ['thyroxine', 10],
  ['setine', 9],
  ['terol', 9],
  ['tropium', 9],
  ['curium', 8],
  ['lamide', 9],
  ['sulfone', 9],
  ['nidazole', 9],
  ['dazole', 8],
  ['quine', 8],
  ['quin', 8],
  ['zepine', 8],
  ['zine', 9],
  ['zoline', 9],
];

const PREFIXES: readonly (readonly [string, number])[] = [
  ['cef', 7],
  ['ceph', 8],
  ['sulfa', 8],
  ['predni', 8],
];

/** Words that carry a stem by chance. */
const NOT_DRUGS = new Set(
  `cholesterol magazine magazines ergosterol sitosterol stigmasterol cephalic cephalad cephalopod cephalus turpentine histidine cytidine pyridine guanidine bromazine benzazine sequine palanquin harlequin mannequin baldaquin trampoline gasoline zoline adrenaline opine porcupine rapine benzine tartrazine atrazine melamine feverfew elixir souvenir reservoir devoir sulfate sulfates sulfadate canzine webzine fanzine harlequins mannequins trapezine quarantine hydrazine naphthazoline`.split(
    /\s+/,
  ),
);

const endings = new Endings(ENDINGS);

/** Whether a lower-case word, accents folded, has the shape of a drug name. */
export function looksLikeDrugName(word: string): boolean {
  return word.length >= 6 && (endings.areOf(word) || hasPrefix(word)) && !NOT_DRUGS.has(word);
}

function hasPrefix(word: string): boolean {
  for (const [prefix, least] of PREFIXES) if (word.length >= least && word.startsWith(prefix)) return true;
  return false;
}

let letters = new Uint16Array(64);

/** Writes the letters of a word's {@link drugKey} to `letters`. Returns how many they are. */
function writeKey(word: string): number {
  const { length } = word;
  if (length > letters.length) letters = new Uint16Array(2 * length);
  let count = 0;
  let last = -1;
  for (let i = 0; i < length; i++) {
    let c = word.charCodeAt(i);
    const next = word.charCodeAt(i + 1);
    if (c === 99 && next === 107) continue; // "ck"
    if ((c === 112 || c === 116) && next === 104) {
      if (c === 112) c = 102; // "ph", not "th"
      i++;
    } else if (c === 121) c = 105; // "y"
    if (c === last) continue;
    letters[count++] = c;
    last = c;
  }
  // The last letter, or the one before an "s".
  const tail = last === 115 ? count - 2 : count - 1;
  const c = letters[tail];
  return c === 97 || c === 101 || c === 111 ? tail : count;
}

/** Hash of the {@link drugKey} of a word, as `Sieve` takes it: no string is made. */
export function hashOfKey(word: string): number {
  const count = writeKey(word);
  let hash = NO_LETTERS;
  for (let i = 0; i < count; i++) hash = withLetter(hash, letters[i] as number);
  return hash;
}

/**
 * One spelling for the variants of a drug name: "amoxycillin", "amoxicilina" and "amoxicilline" become "amoxicilin".
 * Doubled letters fall together, y is i, ph is f, and the ending vowel goes.
 */
export function drugKey(word: string): string {
  const count = writeKey(word);
  let key = '';
  for (let i = 0; i < count; i++) key += String.fromCharCode(letters[i] as number);
  return key;
}
