import { Role } from '../lexicon/tags.ts';
import { type Sentence, words } from '../rules/sentence.ts';
import { stanceOf } from '../rules/stance.ts';
import { FOREIGN_TAKE, TAKE, TAKE_ONLY } from './vocabulary.ts';

const GERUNDS = words('taking using stopping starting giving missing adding skipping combining mixing being');

/** A verb of taking that directs the reader, or any in the passive voice or a heading. */
export function takes(s: Sentence, strong: boolean): number {
  if (strong) {
    s.memo.takesStrongly ??= findTake(s, true);
    return s.memo.takesStrongly;
  }
  s.memo.takes ??= findTake(s, false);
  return s.memo.takes;
}

function findTake(s: Sentence, strong: boolean): number {
  for (let i = s.start; i < s.end; i++) {
    if (!s.isWord(i, strong ? TAKE_ONLY : TAKE)) continue;
    if (
      s.w(i) === 'take' &&
      (s.w(i + 1) === 'care' ||
        s.w(i + 1) === 'time' ||
        s.w(i + 1) === 'place' ||
        s.w(i + 1) === 'about' ||
        s.w(i + 1) === 'up' ||
        s.w(i - 1) === 'may' ||
        s.w(i - 1) === 'can')
    )
      continue;
    return i;
  }
  return -1;
}

/** Whether any verb of taking or acting directs; a text without a verb ("two tablets twice daily") directs as well. */
export function directs(s: Sentence): boolean {
  s.memo.directs ??= findDirective(s);
  return s.memo.directs;
}

function findDirective(s: Sentence): boolean {
  let verbs = 0;
  for (let i = s.start; i < s.end; i++) {
    if (!s.isWord(i, TAKE) && !s.is(i, Role.Act)) continue;
    verbs++;
    const stance = stanceOf(s, i);
    if (stance === 'directive' || stance === 'permission' || stance === 'first-person' || stance === 'negative')
      return true;
    if (s.isWord(i, FOREIGN_TAKE)) return true;
  }
  return verbs === 0;
}

/** A clause whose subject is the act: "taking aspirin every day can...". */
export function isGerundSubject(s: Sentence): boolean {
  for (let i = s.start; i < Math.min(s.end, s.start + 5); i++) {
    if (GERUNDS.has(s.w(i)) && !s.is(i - 1, Role.Be)) return true;
    if (s.is(i, Role.General) && !s.is(i, Role.You) && i - s.start <= 2) return s.findRole(i, i + 3, Role.Modal) < 0;
  }
  return false;
}
