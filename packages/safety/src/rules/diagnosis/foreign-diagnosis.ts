import { Role } from '../../lexicon/tags.ts';
import { type Sentence, words } from '../sentence.ts';
import { type DiagnosisSpan, span } from './diagnosis-span.ts';

const VERBS = words(
  'tienes tiene tienen padece padeces sufre sufres es est souffrez souffre avez hast hat habt leidet leiden leidest haben ist liegt tem tens esta estas hai ha soffre hain soffri e a as',
);
const SUBJECTS = words(
  'usted su tu lo eso esto vous votre ton ta c ce cela tu sie du ihr ihre das es dies dein deine voce seu sua isso isto aap aapko aapke aapki tumko tumhe yeh ye bete beti bachche unko suyo hijo hija bebe fils fille sohn tochter kind filho filha lei suo sua questo no non',
);
const MARKS = words(
  'el la los las usted su de del y por vous votre le les des un une du sie ihr ihre das die der den dem und ein eine voce seu sua o os com aap aapko aapke ki ka ke ko hai il lo suo lei d est es ist no pas nicht nao nahi que tiene tienes hat hast nein kein keine eindeutig pakka una esto isso ce c n que lo',
);
const EXCUSES = words(
  'puede podria podrian quizas quiza si peut pourrait ob wenn vielleicht kann konnte konnten pode talvez se poderia sakta sakti shayad agar moglicherweise potrebbe forse riesgo risque risiko risco sintomas symptomes symptome sinais signos vacuna vaccin impfung vacina medico medecin arzt daktar doctor cuando quand quando cree glauben pensez acha preocupa tipo forma enfermedad maladie krankheit doenca que-es muchas muchos beaucoup viele personas gens menschen pessoas logo log llama llamada appelle heisst chama',
);

/** "Lo que tienes es gota", "vous souffrez d'une sciatique", "ce n'est pas un cancer", "aapke bete ko typhoid hai". */
export function foreignDiagnosis(s: Sentence): DiagnosisSpan | undefined {
  if (!(s.roles & Role.Condition) || s.isMark(s.end - 1, '?') || s.findWord(s.start, s.end, ENGLISH) >= 0)
    return undefined;
  let marks = 0;
  for (let k = s.start; k < s.end; k++) if (s.isWord(k, MARKS)) marks++;
  if (marks < 2 || s.findWord(s.start, s.end, EXCUSES) >= 0) return undefined;
  for (let c = s.start; c < s.end; c++) {
    if (!s.is(c, Role.Condition)) continue;
    const low = Math.max(s.clauseStart(c), c - 8);
    const hindi = /^(?:hai|hain|ho|nahi)$/.test(s.w(c + 1)) && s.findWord(low, c, SUBJECTS) >= 0;
    if (hindi) return span(low, c + 1, 'says that a person has a condition');
    const verb = s.findWord(low, c, VERBS);
    if (verb < 0 || c - verb > 6) continue;
    const subject = s.findWord(low, verb, SUBJECTS);
    const opens = verb === low || (verb === low + 1 && s.is(low, Role.Not));
    if (subject >= 0 || (opens && s.w(verb).length > 1))
      return span(Math.max(low, Math.min(verb, subject < 0 ? verb : subject)), c, 'says that a person has a condition');
  }
  return undefined;
}

const ENGLISH = words('the is are was and of with that this you your have has when which for');
