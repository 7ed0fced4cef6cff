import { Role, Sense } from '../lexicon/tags.ts';
import { MEDICINAL, type Sentence, words } from '../rules/sentence.ts';
import type { Span } from '../rules/span.ts';
import { hasFrequency } from './frequency.ts';
import { directs, takes } from './taking.ts';
import { TIMES } from './vocabulary.ts';

const BODY_LASTS = words(
  'lasts last stays stay remains remain works work working effective active available detectable protects protect stored store kept keep lasting old fever symptoms sick pain travel before after since until within ago later apart ahead beforehand notice phone call ring tell contact ask',
);

/** "amoxicillin for seven days", "a ten-day course of doxycycline", "stay on the penicillin for ten days". */
export function duration(s: Sentence): Span | undefined {
  if (!(s.senses & Sense.Time) || !(s.senses & (Sense.Drug | Sense.Rx | Sense.Otc) || s.sensesBefore & Sense.Drug))
    return undefined;
  if (s.senses & (Sense.Vaccine | Sense.Lab) && !(s.senses & Sense.Drug)) return undefined;
  for (let i = s.start; i < s.end; i++) {
    const counted =
      s.has(i, Sense.Number) &&
      s.has(i + 1, Sense.Time) &&
      !/^(?:hour|hours|hr|hrs|minute|minutes|min|am|pm|meal|meals|lunch|dinner|breakfast|night|morning)$/.test(
        s.w(i + 1),
      );
    const ranged =
      s.has(i, Sense.Number) &&
      /^(?:to|-|or)$/.test(s.w(i + 1)) &&
      s.has(i + 2, Sense.Number) &&
      s.has(i + 3, Sense.Time);
    const article =
      (s.w(i) === 'a' || s.w(i) === 'one') &&
      (/^(?:week|month|fortnight)$/.test(s.w(i + 1)) ||
        (/^(?:full|whole|solid)$/.test(s.w(i + 1)) && /^(?:week|month|fortnight)$/.test(s.w(i + 2)))) &&
      s.w(i - 1) === 'for';
    if (!counted && !ranged && !article) continue;
    const last = ranged ? i + 3 : i + 1;
    // "10-day course of doxycycline", "five days of prednisone"
    let k = last + 1;
    for (
      let hops = 0;
      hops < 4 &&
      /^(?:course|of|supply|run|round|worth|the|a|oral|taper|burst|cycle|treatment|on|regimen|with|de|some|iv|regime|treatments)$/.test(
        s.w(k),
      );
      hops++
    )
      k++;
    if (
      k > last + 1 &&
      s.has(k, Sense.Drug | Sense.Rx | Sense.Otc) &&
      /^(?:course|of|supply|run|round|worth|taper|burst|cycle|on|regimen|de)$/.test(s.w(last + 1))
    ) {
      if (
        !(s.w(last + 1) === 'on' && s.findRole(s.start, i, Role.Hedge) >= 0) &&
        !/^(?:within|after|first|ago)$/.test(s.w(i - 1))
      )
        return { first: i, last: k, reason: 'how long a medicine is taken' };
    }
    const medicineBefore = s.findSense(Math.max(s.start, i - 9), i, Sense.Drug | Sense.Rx | Sense.Otc);
    const pronoun = s.sensesBefore & Sense.Drug && takes(s, true) >= 0 && directs(s);
    const linked =
      /^(?:for|x|durante|pendant|fur|por|over|another|next|full|least|of|tage|per|im|times)$/.test(s.w(i - 1)) ||
      s.isMark(i - 1, ',|:x') ||
      (s.w(i - 1) === 'the' && s.w(i - 2) === 'for');
    if (linked && s.w(i - 1) !== 'of') {
      if (
        medicineBefore >= 0 &&
        s.findWord(medicineBefore, i, BODY_LASTS) < 0 &&
        !isPastUse(s, medicineBefore) &&
        s.w(i + 2) !== 'before' &&
        s.w(i + 2) !== 'after'
      ) {
        if (s.isMark(i - 1, ',') && !s.isMark(last + 1, '.,|') && last + 1 < s.end) continue;
        return { first: medicineBefore, last, reason: 'how long a medicine is taken' };
      }
      if (pronoun && s.w(i - 1) === 'for')
        return { first: i - 1, last, reason: 'how long the medicine named before is taken' };
    }
  }
  return undefined;
}

function isPastUse(s: Sentence, drug: number): boolean {
  for (let k = Math.max(s.start, drug - 4); k < Math.min(s.end, drug + 6); k++)
    if (
      /^(?:has|have|had|been|was|were|who|taking|allergic|because|if|unless|stopped)$/.test(s.w(k)) &&
      !s.is(k, Role.You)
    )
      return s.findRole(s.start, s.end, Role.Modal) < 0 || s.w(k) === 'if';
  return false;
}

/** "start at 25 and go up by 25 every week". */
export function titration(s: Sentence): Span | undefined {
  if (s.senses & (Sense.Exercise | Sense.Nutrition | Sense.Water)) return undefined;
  const medicinal = ((s.senses | s.sensesBefore) & (MEDICINAL | Sense.Mass | Sense.Dose)) !== 0;
  if (!medicinal) return undefined;
  const start = s.findWord(s.start, s.end, words('start begin starting'));
  const rise = s.findWord(
    s.start,
    s.end,
    words('increase raise up add titrate bump double reduce drop taper down cut'),
  );
  if (rise < 0) return undefined;
  const first = start >= 0 ? s.findSense(start, start + 5, Sense.Number) : -1;
  const second = s.findSense(rise, rise + 6, Sense.Number);
  if (second < 0 || s.has(second + 1, Sense.Time | Sense.Percent) || s.isWord(second + 1, TIMES)) return undefined;
  if (s.has(second, Sense.Frequency) || s.w(second - 1) === 'every') return undefined;
  if (s.senses & Sense.Lab && first < 0) return undefined;
  if (first < 0 && !(hasFrequency(s, second) >= 0)) return undefined;
  return { first: first >= 0 ? start : rise, last: second, reason: 'a schedule of rising or falling doses' };
}
