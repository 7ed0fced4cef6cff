import { BadOptionError, EmptySampleError } from '../errors.ts';
import { formatSignature, type Score } from '../score.ts';
import { wordsOf } from '../text/words.ts';

/** distinct-n: different n-grams over all n-grams of a set of texts, ratio in [0, 1]. */
export function distinctN(texts: readonly string[], order: number): Score {
  if (!Number.isInteger(order) || order < 1) throw new BadOptionError('order', 'a whole number of at least 1', order);
  const seen = new Set<string>();
  let total = 0;
  for (const text of texts) {
    const words = wordsOf(text);
    for (let i = 0; i + order <= words.length; i++) {
      seen.add(words.slice(i, i + order).join(' '));
      total++;
    }
  }
  if (total === 0) throw new EmptySampleError(`distinct-${order}`, `at least one text of ${order} words`);
  return {
    name: `distinct-${order}`,
    value: seen.size / total,
    unit: 'ratio (0 to 1)',
    n: total,
    sample: `${order}-grams`,
    interval: null,
    signature: formatSignature({ tok: 'unicode-words-lc', order }),
    // Li et al. 2016, arXiv:1510.03055, section 5; the caution is Liu et al. 2022, arXiv:2202.13587.
    notes: ['Falls as a set grows; compare sets of equal size only.'],
  };
}

/** How varied the words of a set of texts are. */
export interface TypeTokenEntropy {
  /** Shannon entropy of the word distribution, in bits. */
  readonly entropyBits: number;
  /** Entropy over its largest value, log2(types), in [0, 1]; 1 where only one type exists is undefined and given as 0. */
  readonly evenness: number;
  /** Different words. */
  readonly types: number;
  /** Words. */
  readonly tokens: number;
}

/** How evenly a set of texts spreads over its vocabulary. */
export function typeTokenEntropy(texts: readonly string[]): TypeTokenEntropy {
  const counts = new Map<string, number>();
  let tokens = 0;
  for (const text of texts) {
    for (const word of wordsOf(text)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
      tokens++;
    }
  }
  if (tokens === 0) throw new EmptySampleError('type-token entropy', 'at least one word');
  let entropyBits = 0;
  for (const count of counts.values()) entropyBits -= (count / tokens) * Math.log2(count / tokens);
  const types = counts.size;
  return { entropyBits, evenness: types === 1 ? 0 : entropyBits / Math.log2(types), types, tokens };
}
