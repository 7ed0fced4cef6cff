import { Role, Sense } from '../lexicon/tags.ts';
import { type Sentence, words } from './sentence.ts';
import type { Span } from './span.ts';

/** Imperatives of starting and stopping a medicine, in the languages the guard reads. Accents folded. */
const FOREIGN_ACTS = words(
  'toma deje deja dejar suspenda suspende suspender interrumpa interrumpe empiece empieza empezar inicie inicia comience comienza tome tomar compre pida cambie cambia aumente suba reduzca baje duplique ' +
    'arretez arreter arrete cessez cesser stoppez commencez commencer prenez prendre remplacez remplacer demandez augmentez diminuez doublez ' +
    'setzen absetzen beginnen nehmen nimm nehme stoppen stoppe aufhoren wechseln brauchen brauchst benotigen verdoppeln erhohen reduzieren einnehmen ' +
    'pare parar comece comecar tome troque aumente diminua precisa necesita necesitas besoin suspenda ' +
    'band bandh shuru shuroo lijiye lein lena lo khao badha badhao kam chhod chod chahiye zaroorat le ' +
    'setzt nimmt gibt quitese quiteselo quite quitele quitar seguir continuar siga pongase ponga anade agregue sume recorte pausar pausieren absetze weglassen lassen lass erhohe reduziere verdopple starten starte beginne steigern senken wechsle oubliez laissez ajoutez passez reprenez suspendez interrompez esqueca largue tire adicione retome comecem horen aufzuhoren faut vergessen weglassen nehmt musst retire retirez supprimez ajoutez agregue anada smetta inizi prenda sospenda interrompa bisogno deve',
);
const CONSULT = words(
  'consulte consulta consultar consultez pregunte hable medico medecin arzt arztin fragen demander pharmacien farmaceutico apotheker doktor doctor daktar puede pueden peut peuvent kann konnen pode podem podria sin sans ohne sem avant antes bevor puo se si wenn jisme recetar receta prescrit verschreibt verschrieben recetado pourrait sprechen ob nunca jamais niemals nie',
);
/** Verbs of asking a clinician for something. */
const ASKS = words('pide pida pidale pidele demandez exigez bitten verlangen peca peça solicite');
const SHARED = words('pare tome nimm le lo kam deve compre baje');
const FOREIGN_MARKS = words(
  'el la los las usted su de del con y para por vous votre le les des un une du avec pour sie ihr ihre das die der den dem mit und ein eine voce seu sua o os as com em na no aap aapko apni apna ki ka ke ko hai kar do karo dijiye hain lena il lo per tu tus nehmen prenez tome necesita setzen arretez deje pare besoin brauchen ab aapka tes ton ta',
);

/** First imperative of starting, stopping or changing from `from` on, or -1. */
export function foreignActAt(s: Sentence, from: number): number {
  for (let i = from; i < s.end; i++)
    if (s.isWord(i, FOREIGN_ACTS) && !/^(?:do|lo|le|no)$/.test(s.w(i)) && !s.isWord(i, FOREIGN_ONLY_NOUNS)) return i;
  return -1;
}
const FOREIGN_ONLY_NOUNS = words('kam ab besoin');

/** Prescriptions in Spanish, French, German, Portuguese, Italian and romanised Hindi, by a verb near a prescription medicine. */
export function detectForeignPrescription(s: Sentence): Span[] {
  if (!(s.senses & (Sense.Rx | Sense.Medicine))) return [];
  const asked = s.findWord(s.start, s.end, ASKS);
  const obtained = asked >= 0 ? s.findSense(asked, Math.min(s.end, asked + 9), Sense.Rx) : -1;
  if (obtained >= 0 && s.findWord(asked, obtained, words('si sobre ob si au')) < 0)
    return [{ first: asked, last: obtained, reason: 'tells the reader to obtain a prescription medicine' }];
  let verb = s.findWord(s.start, s.end, FOREIGN_ACTS);
  while (verb >= 0 && /^(?:do|lo|le|no)$/.test(s.w(verb))) verb = s.findWord(verb + 1, s.end, FOREIGN_ACTS);
  if (verb < 0 || s.findWord(s.start, s.end, CONSULT) >= 0) return [];
  // A verb that English has as well needs another word of its language beside it.
  if (s.isWord(verb, SHARED) && s.findWord(s.start, s.end, FOREIGN_MARKS) < 0) return [];
  for (let k = Math.max(s.start, verb - 8); k < Math.min(s.end, verb + 9); k++) {
    if (s.is(k, Role.Not) && k < verb) return [];
    if (
      s.has(k, Sense.Rx) ||
      (s.has(k, Sense.Medicine) &&
        /^(?:medikament|medikamente|medicamento|medicament|dawai|dawa|goli|pastilla)$/.test(s.w(k)) &&
        /^(?:deje|deja|suspenda|arretez|cessez|setzen|absetzen|pare|band|bandh|stoppen)$/.test(s.w(verb)))
    ) {
      return [
        {
          first: Math.min(verb, k),
          last: Math.max(verb, k),
          reason: 'tells the reader to start or stop a prescription medicine',
        },
      ];
    }
  }
  return [];
}
