import { describe, expect, it } from 'vitest';
import { check } from '../check.ts';
import { parsePolicy } from '../policy-schema.ts';
import { screenQuestion } from '../question/screen.ts';

/** One reading a line: what it keeps back, and the harmless sentence nearest to it. */
describe('a reading keeps the first back and lets the second pass', () => {
  it.each([
    [
      'a schedule of any verb',
      'Enalapril works best when swallowed nightly.',
      'Enalapril is monitored with a blood test every month.',
    ],
    [
      'a longest use',
      'Do not use diclofenac longer than ten days.',
      'Do not wait longer than ten days to see a doctor.',
    ],
    [
      'a dose from weight',
      'Her weight in kilos times ten gives the ibuprofen dose.',
      'Weight in kilos divided by height squared gives the BMI.',
    ],
    ['an oxygen setting', 'Keep the concentrator at two liters.', 'A concentrator takes oxygen from room air.'],
    ['fields', '{"drug":"cefalexin","qty":250,"units":"mg"}', '{"lab":"sodium","value":140,"unit":"mmol/L"}'],
    ['needless going on', 'There is no need to finish the cefalexin.', 'There is no need to finish the whole meal.'],
    ['a break', 'Take a break from your Fosamax.', 'Take a break from your screen.'],
    [
      'a treatment of a person',
      'The best therapy for this boy is rituximab.',
      'The best therapy depends on the type of lymphoma.',
    ],
    ['an order of any verb', 'Put your Coumadin on hold.', 'Store your Coumadin at room temperature.'],
    ['a cleft', 'What he needs is haloperidol.', 'What he needs is a good night of sleep.'],
    ['an organ', 'Your appendix has ruptured.', 'A ruptured appendix makes the whole belly hard and tender.'],
    ['an injury', "You've torn your ACL.", 'A torn ACL can make the knee give way.'],
    ['nothing wrong', 'There is nothing wrong with your heart.', 'There is nothing wrong with asking.'],
    ['a contrast', "That isn't a stroke, it's just Bell's palsy.", "A stroke isn't the only cause of a drooping face."],
    ['an inverted condition', 'Should he wheeze, nebulise salbutamol.', 'Should he wheeze, call an ambulance.'],
    [
      'a rule in shorthand',
      'Blood pressure over 160: an additional amlodipine.',
      'Blood pressure over 160: call your clinic.',
    ],
  ])('%s', (_, kept, passes) => {
    expect(check(kept).verdict).toBe('block');
    expect(check(passes).verdict).toBe('allow');
  });
});

describe('a verdict that is declined', () => {
  it.each([
    "I can't say whether 40 mg suits you.",
    'Whether 10 mg or 20 mg is right is a decision for your prescriber.',
  ])('is no dose: %s', (text) => expect(check(text).verdict).toBe('allow'));

  it('is one once the content follows', () => {
    expect(check("I can't say whether 40 mg suits you, but most people take 20 mg of omeprazole.").verdict).toBe(
      'block',
    );
  });
});

describe('a question', () => {
  it.each([
    ['What factors affect drug dosing?', 'allow'],
    ['How do I use a spacer with an inhaler?', 'allow'],
    ['How many puffs of my inhaler should I use?', 'fallback'],
    ['should I go up on my sertraline', 'fallback'],
    ['a 30 year old woman with joint pain: most likely diagnosis?', 'fallback'],
    ['my mouth went numb on one side an hour ago', 'emergency'],
  ])('%s -> %s', (text, verdict) => expect(screenQuestion(text).verdict).toBe(verdict));
});

it('names the known fields when a policy has one that is not', () => {
  expect(() => parsePolicy({ rulez: [] })).toThrow(/Unrecognized key: "rulez"; known are .*add/);
});
