import { Role, Sense } from '../lexicon/tags.ts';
import { type Sentence, words } from '../rules/sentence.ts';
import type { Span } from '../rules/span.ts';
import { stanceOf } from '../rules/stance.ts';
import { objectOf } from './medicine-frequency.ts';
import { TAKE_ONLY } from './vocabulary.ts';

/** "give the midazolam into the cheek", "ceftriaxone 1 IM": a directed route. */
export function routeOfMedicine(s: Sentence): Span | undefined {
  if (!(s.senses & (Sense.Route | Sense.Drug))) return undefined;
  for (let i = s.start; i < s.end; i++) {
    if (!s.isWord(i, TAKE_ONLY) && s.w(i) !== 'push' && s.w(i) !== 'deliver') continue;
    const stance = stanceOf(s, i);
    if (stance !== 'directive' && stance !== 'permission') continue;
    const object = objectOf(s, i);
    if (object < 0 || !s.has(object, Sense.Drug)) continue;
    const route = Math.max(s.findSense(i + 1, Math.min(s.end, i + 12), Sense.Route), siteOf(s, i + 1));
    if (route >= 0) return { first: i, last: Math.max(object, route), reason: 'how to give a medicine' };
  }
  for (let i = s.start; i < s.end; i++) {
    if (
      s.has(i, Sense.Drug) &&
      /^(?:iv|im|po|sc|sl|pr|subq)$/.test(s.w(i + 1)) &&
      s.end - s.start <= 12 &&
      s.findRole(s.start, i, Role.General | Role.Hedge | Role.Clinician) < 0 &&
      !s.is(i + 2, Role.Be)
    )
      return { first: i, last: i + 1, reason: 'a medicine and its route in shorthand' };
  }
  return undefined;
}

const SITES = words(
  'tongue thigh cheek vein muscle nostril nostrils nose eye eyes ear ears skin arm abdomen belly rectum scalp buttock buttocks line iv vagina gum gums',
);

/** "under her tongue", "into the outer thigh": where a medicine goes in, or -1. */
function siteOf(s: Sentence, from: number): number {
  for (let k = from; k < Math.min(s.end, from + 10); k++) {
    if (!/^(?:under|into|inside|up|through|beneath|onto)$/.test(s.w(k))) continue;
    const site = s.findWord(k + 1, Math.min(s.end, k + 5), SITES);
    if (site >= 0) return site;
  }
  return -1;
}
