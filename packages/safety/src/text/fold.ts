import { LOOK_ALIKES } from './look-alikes.ts';
import { allPlain, isPlain } from './signs.ts';

/**
 * Text as a reader sees it: lower case, accents, width and look-alike letters folded, invisible characters and markup gone.
 * `at[i]` is the offset in the original text of folded character `i`; `at[text.length]` is the length of the original.
 */
export interface Folded {
  readonly text: string;
  readonly at: Int32Array;
}

const INLINE_TAGS = new Set([
  'b',
  'i',
  'em',
  'strong',
  'span',
  'u',
  'sub',
  'sup',
  'a',
  'code',
  'mark',
  'font',
  'wbr',
  'small',
  's',
  'del',
  'ins',
  'tt',
  'kbd',
  'bdo',
  'bdi',
  'q',
  'abbr',
]);

const ENTITIES: Readonly<Record<string, string>> = {
  nbsp: ' ',
  thinsp: ' ',
  ensp: ' ',
  emsp: ' ',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  zwnj: '',
  zwj: '',
  shy: '',
  frac12: ' 1/2 ',
  frac14: ' 1/4 ',
  frac34: ' 3/4 ',
  micro: 'u',
  mu: 'u',
  times: 'x',
  ge: '>=',
  le: '<=',
  ndash: '-',
  mdash: ' - ',
  deg: ' ',
  middot: ' ',
  bull: ' ',
  hellip: '...',
  rarr: ' = ',
};

/** Longest tag or entity that is read as markup. Bounds the look-ahead, so folding is linear. */
const MARKUP_LIMIT = 120;

const folded = new Map<number, string>();

/** One code point above 0x7f as ASCII where it has an ASCII reading, else as itself in lower case; '' when it is invisible. */
function foldCodePoint(code: number): string {
  const known = folded.get(code);
  if (known !== undefined) return known;
  let out = computeFold(code);
  if (out.length > 12) out = out.slice(0, 12);
  if (folded.size < 60_000) folded.set(code, out);
  return out;
}

function computeFold(code: number): string {
  const look = LOOK_ALIKES.get(code);
  if (look !== undefined) return look;
  // Lone surrogates stand for nothing a person can read.
  if (code >= 0xd800 && code <= 0xdfff) return ' ';
  const char = String.fromCodePoint(code);
  if (/\p{Zl}|\p{Zp}/u.test(char)) return '\n';
  if (/\p{Zs}/u.test(char)) return ' ';
  if (/\p{Cf}|\p{Mn}|\p{Me}|\p{Cc}/u.test(char)) return '';
  if (/\p{Nd}/u.test(char)) {
    // Decimal digits of any script stand in runs of ten, zero first.
    let zero = code;
    while (zero > code - 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
    const compat = char.normalize('NFKD');
    return /^[0-9]$/.test(compat) ? compat : String((code - zero) % 10);
  }
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return String.fromCharCode(97 + code - 0x1f1e6);
  const plain = char.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('\u2044', '/').toLowerCase();
  if (plain !== char && /^\d+\/\d+$/.test(plain)) return ` ${plain} `;
  if (plain.length === 1) {
    const again = LOOK_ALIKES.get(plain.charCodeAt(0));
    if (again !== undefined) return again;
  }
  return plain;
}

let identity = new Int32Array(1_100).map((_, i) => i);

/** Folds a piece of text. Linear in its length. */
export function fold(original: string): Folded {
  return allPlain(original) ? foldPlain(original) : new Rewritten(original);
}

/** The same of a text whose characters all fold to themselves but for case: most text has no markup, accents or escapes. */
export function foldPlain(original: string): Folded {
  if (identity.length <= original.length) identity = new Int32Array(original.length + 1_000).map((_, i) => i);
  return { text: original.toLowerCase(), at: identity };
}

/** A text with something in it that folds to another length or character. Few texts are asked for their offsets. */
class Rewritten implements Folded {
  readonly text: string;
  readonly #original: string;
  #at: Int32Array | undefined;

  constructor(original: string) {
    let text = '';
    foldPieces(original, (piece) => {
      text += piece;
    });
    this.text = text;
    this.#original = original;
  }

  get at(): Int32Array {
    this.#at ??= this.#offsets();
    return this.#at;
  }

  #offsets(): Int32Array {
    const at = new Int32Array(this.text.length + 1);
    let size = 0;
    foldPieces(this.#original, (piece, from, step = 0) => {
      for (let k = 0; k < piece.length; k++) at[size++] = from + k * step;
    });
    at[size] = this.#original.length;
    return at;
  }
}

/** Takes a folded piece: its first character stands at `from` in the original, each of the others `step` further, by default 0. */
type Put = (piece: string, from: number, step?: number) => void;

function foldPieces(original: string, put: Put): void {
  const { length } = original;
  let i = 0;
  while (i < length) {
    const code = original.charCodeAt(i);
    if (isPlain(code)) {
      let end = i + 1;
      while (end < length && isPlain(original.charCodeAt(end))) end++;
      put(original.slice(i, end).toLowerCase(), i, 1);
      i = end;
    } else if (code > 0x7f) {
      const point = original.codePointAt(i) as number;
      put(foldCodePoint(point), i);
      i += point > 0xffff ? 2 : 1;
    } else i = foldPunctuation(original, i, code, put);
  }
}

function foldPunctuation(original: string, i: number, code: number, put: Put): number {
  switch (code) {
    case 60: // <
      return foldTag(original, i, put);
    case 38: // &
      return foldEntity(original, i, put);
    case 92: // backslash: LaTeX commands, escapes of JSON
      return foldBackslash(original, i, put);
    case 42: // * ` ~ ^ $ are marks on the page when they touch a word
    case 96:
    case 126:
    case 94:
      return i + 1;
    case 36:
      if (isLetter(original.charCodeAt(i - 1)) || isLetter(original.charCodeAt(i + 1))) put('$', i);
      return i + 1;
    case 95: // _
      put(' ', i);
      return i + 1;
    case 37: {
      // % as in %20
      const hex = /^%([0-9a-fA-F]{2})/.exec(original.slice(i, i + 3));
      const value = hex ? Number.parseInt(hex[1] as string, 16) : 0;
      if (hex && value >= 0x20 && value < 0x7f && !isDigit(original.charCodeAt(i - 1))) {
        put(String.fromCharCode(value).toLowerCase(), i);
        return i + 3;
      }
      if (hex && value === 0x20) {
        put(' ', i);
        return i + 3;
      }
      put('%', i);
      return i + 1;
    }
    case 123: // { }
    case 125:
      put(isLetter(original.charCodeAt(i - 1)) && code === 123 ? '' : code === 125 ? '' : ' ', i);
      return i + 1;
    case 9:
      put('|', i);
      return i + 1;
    case 13:
    case 10:
      put('\n', i);
      return i + 1;
    default:
      if (code >= 32 && code < 127) put(original[i] as string, i);
      return i + 1;
  }
}

function foldTag(original: string, i: number, put: Put): number {
  const next = original.charCodeAt(i + 1);
  if (!(isLetter(next) || next === 47 || next === 33)) {
    put('<', i);
    return i + 1;
  }
  let end = -1;
  const stop = Math.min(original.length, i + MARKUP_LIMIT);
  for (let k = i + 1; k < stop; k++) {
    const c = original.charCodeAt(k);
    if (c === 62) {
      end = k;
      break;
    }
    if (c === 60 || c === 10) break;
  }
  if (end < 0) {
    put('<', i);
    return i + 1;
  }
  // A tag whose attributes speak of a dose is read, not dropped.
  if (
    next !== 47 &&
    /dose|unit|strength|amount|mg\b/i.test(original.slice(i, end)) &&
    original.slice(i, end).includes('=')
  ) {
    put(
      original
        .slice(i + 1, end)
        .toLowerCase()
        .replace(/[^a-z0-9.]+/g, ' ')
        .concat(': '),
      i,
    );
    return end + 1;
  }
  const name = /^[a-z0-9]+/i.exec(original.slice(next === 47 ? i + 2 : i + 1, end))?.[0]?.toLowerCase() ?? '';
  if (!INLINE_TAGS.has(name) && next !== 33)
    put(name === 'td' || name === 'th' ? ' | ' : name === 'br' ? '\n' : ' ', i);
  return end + 1;
}

function foldEntity(original: string, i: number, put: Put): number {
  const found = /^&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z0-9]{2,8});/i.exec(original.slice(i, i + 12));
  if (!found) {
    put('&', i);
    return i + 1;
  }
  const name = found[1] as string;
  const end = i + found[0].length;
  if (name[0] === '#') {
    const value = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    if (value > 0 && value <= 0x10ffff) {
      put(value < 0x80 ? String.fromCharCode(value).toLowerCase() : foldCodePoint(value), i);
      return end;
    }
    return end;
  }
  put(ENTITIES[name.toLowerCase()] ?? '', i);
  return end;
}

function foldBackslash(original: string, i: number, put: Put): number {
  const rest = original.slice(i + 1, i + 14);
  const unicode = /^u\{?([0-9a-fA-F]{4,6})\}?/.exec(rest) ?? /^x([0-9a-fA-F]{2})/.exec(rest);
  if (unicode) {
    const value = Number.parseInt(unicode[1] as string, 16);
    if (value <= 0x10ffff) put(value < 0x80 ? String.fromCharCode(value).toLowerCase() : foldCodePoint(value), i);
    return i + 1 + unicode[0].length;
  }
  if (/^[nrt](?![a-z])/.test(rest)) {
    put('\n', i);
    return i + 2;
  }
  const command = /^[a-zA-Z]{2,12}/.exec(rest)?.[0];
  if (command) {
    const meaning = {
      times: ' x ',
      geq: ' >= ',
      leq: ' <= ',
      ge: ' >= ',
      le: ' <= ',
      mu: 'u',
      rightarrow: ' = ',
      to: ' = ',
      frac: ' ',
      half: '1/2',
      quad: ' ',
      qquad: ' ',
    }[command];
    if (meaning !== undefined) put(meaning, i);
    else if (!LATEX.has(command)) put('\n', i);
    return i + 1 + (meaning !== undefined || LATEX.has(command) ? command.length : /^[nrt]/.test(command) ? 1 : 0);
  }
  if (/^[,;:! ]/.test(rest)) {
    put(' ', i);
    return i + 2;
  }
  return i + 1;
}

const LATEX = new Set([
  'text',
  'mathrm',
  'textbf',
  'textit',
  'mathbf',
  'emph',
  'rm',
  'bf',
  'unit',
  'si',
  'SI',
  'num',
  'left',
  'right',
  'mathit',
  'operatorname',
  'textrm',
  'mbox',
  'hbox',
  'underline',
  'item',
  'texttt',
]);

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
