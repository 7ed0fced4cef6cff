import { idOf } from './concepts.ts';

const HIDING = new Set([idOf('figure'), idOf('ask_me')]);

/** Turns of speech whose words do not mean what they mean elsewhere. */
export const isHidingConcept = (id: number): boolean => HIDING.has(id);
