import { lookUp } from '../lexicon/lexicon.ts';
import type { Codes } from './codes.ts';
import { fold } from './fold.ts';
import { CODED_DIGITS, CODED_MARKS, CODED_RUN } from './sign-bits.ts';

const MORSE: Readonly<Record<string, string>> = {
  '.-': 'a',
  '-...': 'b',
  '-.-.': 'c',
  '-..': 'd',
  '.': 'e',
  '..-.': 'f',
  '--.': 'g',
  '....': 'h',
  '..': 'i',
  '.---': 'j',
  '-.-': 'k',
  '.-..': 'l',
  '--': 'm',
  '-.': 'n',
  '---': 'o',
  '.--.': 'p',
  '--.-': 'q',
  '.-.': 'r',
  '...': 's',
  '-': 't',
  '..-': 'u',
  '...-': 'v',
  '.--': 'w',
  '-..-': 'x',
  '-.--': 'y',
  '--..': 'z',
  '-----': '0',
  '.----': '1',
  '..---': '2',
  '...--': '3',
  '....-': '4',
  '.....': '5',
  '-....': '6',
  '--...': '7',
  '---..': '8',
  '----.': '9',
};

const NONE: readonly string[] = [];

/**
 * Other readings of a piece of text that a person could recover: written backwards, in ROT13, base64, hex, binary, Morse
 * or pig Latin. Most text has none; each test is one pass.
 * @param shaped whether the text may have the shape of a code, where that is known
 */
export function hiddenReadings(text: string, codes: Codes, shaped = true): readonly string[] {
  const { words, reversed, reversedNames, rot13: rotated, pigLatin } = codes;
  const turned = reversed >= 2 || (reversedNames >= 1 && (reversed >= 1 || words <= 6));
  const turning = rotated >= 2 || (rotated >= 1 && words <= 4);
  const told = turned || turning || pigLatin >= 3;
  if (!told && !shaped) return NONE;
  const shape = shapeOf(text);
  if (!told && shape.run < CODED_RUN && shape.digits < CODED_DIGITS && shape.marks < CODED_MARKS) return NONE;
  const readings: string[] = [];
  const folded = told ? fold(text).text : '';
  if (turned) readings.push(reverse(folded), folded.replace(/[a-z0-9]+/g, reverse));
  if (turning) readings.push(folded.replace(/[a-z]/g, rot13));
  if (pigLatin >= 3) {
    readings.push(
      folded.replace(/\b([a-z]+)ay\b/g, (_, body: string) => {
        const plain = body.endsWith('w') || body.endsWith('y') ? body.slice(0, -1) : body;
        for (let k = 1; k <= 3; k++) {
          const turned = plain.slice(-k) + plain.slice(0, -k);
          if (lookUp(turned).known) return turned;
        }
        return lookUp(plain).known ? plain : plain.slice(-1) + plain.slice(0, -1);
      }),
    );
  }
  if (shape.run >= CODED_RUN)
    for (const match of text.matchAll(/[A-Za-z0-9+/_-]{12,4000}={0,2}/g)) {
      const plain = fromBase64(match[0]);
      if (plain) readings.push(plain);
    }
  if (shape.digits >= 4)
    for (const match of text.matchAll(/(?:(?:0x)?[0-9a-fA-F]{2}[\s,:]?){6,1000}/g)) {
      const plain = printable(
        (match[0].match(/(?:0x)?([0-9a-fA-F]{2})/g) ?? []).map((h) => Number.parseInt(h.replace('0x', ''), 16)),
      );
      if (plain) readings.push(plain);
    }
  if (shape.digits >= CODED_DIGITS)
    for (const match of text.matchAll(/(?:[01]{8}\s?){4,500}/g)) {
      const plain = printable((match[0].match(/[01]{8}/g) ?? []).map((b) => Number.parseInt(b, 2)));
      if (plain) readings.push(plain);
    }
  if (shape.digits >= CODED_DIGITS)
    for (const match of text.matchAll(/(?:\b\d{2,3}\b[\s,]{1,2}){6,500}/g)) {
      const plain = printable((match[0].match(/\d{2,3}/g) ?? []).map(Number));
      if (plain) readings.push(plain);
    }
  const morse = shape.marks < CODED_MARKS ? null : text.match(/(?:[.\-·–—−]{1,5}[ /|]{1,3}){8,400}/);
  if (morse) {
    const plain = morse[0]
      .replace(/[·]/g, '.')
      .replace(/[–—−]/g, '-')
      .split(/ {2,}| ?[/|] ?/)
      .map((word) =>
        word
          .split(' ')
          .map((code) => MORSE[code] ?? '')
          .join(''),
      )
      .join(' ');
    if (/[a-z]{3}/.test(plain)) readings.push(plain);
  }
  return readings;
}

/** Longest run without a space, and how many digits and how many dots and dashes: what a code shows of itself. */
function shapeOf(text: string): { run: number; digits: number; marks: number } {
  let run = 0;
  let longest = 0;
  let digits = 0;
  let marks = 0;
  let upper = false;
  let lower = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 48 && c <= 57) digits++;
    if (c === 46 || c === 45 || c === 0xb7 || c === 0x2013 || c === 0x2212) marks++;
    if ((c >= 48 && c <= 57) || (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 43 || c === 47 || c === 61) {
      run++;
      if (c >= 97) lower = true;
      else if (c >= 65) upper = upper || run > 1;
      // Base64 mixes its letters; an ordinary long word does not.
      if (run > longest && (upper || c < 58) && lower) longest = run;
    } else {
      run = 0;
      upper = false;
      lower = false;
    }
  }
  return { run: longest, digits, marks };
}

function reverse(text: string): string {
  let out = '';
  for (let i = text.length - 1; i >= 0; i--) out += text[i];
  return out;
}

function rot13(char: string): string {
  return String.fromCharCode(((char.charCodeAt(0) - 97 + 13) % 26) + 97);
}

function fromBase64(run: string): string | undefined {
  if (!/[A-Z]/.test(run) || !/[a-z]/.test(run) || run.length < 12) return undefined;
  let bits = 0;
  let held = 0;
  const bytes: number[] = [];
  for (const char of run.replace(/=+$/, '')) {
    const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(
      char === '-' ? '+' : char === '_' ? '/' : char,
    );
    if (value < 0) return undefined;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  return printable(bytes);
}

/** The bytes as text, when they are wholly ordinary ASCII with letters in it. */
function printable(bytes: readonly number[]): string | undefined {
  let letters = 0;
  for (const byte of bytes) {
    if (byte > 126 || (byte < 32 && byte !== 10)) return undefined;
    if ((byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90)) letters++;
  }
  return letters * 2 >= bytes.length && bytes.length >= 4 ? String.fromCharCode(...bytes) : undefined;
}
