/**
 * What `WordList.read` does to sentences in ASCII, and `linearScore` and `FactorizationMachine.score` to any list, in AssemblyScript. It is the same
 * step by step, and the tests hold both to the same numbers; where a rule is explained, it is there. It works on the memory of
 * `src/learned/memory.ts`.
 */
import {
  ADJOINING,
  ALONE,
  APART,
  BEFORE_AT,
  BEFORE_COUNT,
  BEFORE_HASHES,
  BEFORE_KINDS,
  BEFORE_ROLES,
  BEFORE_SENSES,
  DECAYS_AT,
  DIMENSIONS,
  END,
  ENDS,
  FEATURE_BITS,
  FEATURES_AT,
  FIRST,
  GOLDEN,
  HASHES_AT,
  KIND_ACROSS,
  KIND_COUNT,
  KIND_HASHES_AT,
  KIND_WORD,
  KINDS_3,
  KINDS_ACROSS,
  KINDS_AT,
  KINDS_MET_AT,
  LENGTH,
  LETTERS_AT,
  LIST_FIRST_AT,
  LIST_FROM_AT,
  LIST_HASHES_AT,
  LIST_KINDS_AT,
  LIST_TO_AT,
  LIST_WORDS_AT,
  LOOKED_AHEAD,
  MARKS_AT,
  MET_AT,
  MOST_TIMES,
  MOST_TIMES_OF_KIND,
  PLAIN_AT,
  REACH,
  RESULT_AT,
  RESULT_COUNT,
  RESULT_FEATURES,
  RESULT_PIG_LATIN,
  RESULT_REVERSED,
  RESULT_REVERSED_NAMES,
  RESULT_ROLES,
  RESULT_ROT13,
  RESULT_SENSES,
  RESULT_SIGNS,
  RESULT_WORDS,
  ROLES_AT,
  RUN_BASIS,
  RUN_CODES,
  RUN_END,
  RUN_FIELDS,
  RUN_FIRST,
  RUN_LIMIT,
  RUN_PRIME,
  RUN_ROLES,
  RUN_SECOND,
  RUN_SECOND_PRIME,
  RUN_SENSES,
  RUN_START,
  RUN_TAKEN,
  RUNS_AT,
  SECOND,
  SENSES_AT,
  SLOTS,
  SLOTS_AT,
  SPREAD,
  STATE_AT,
  SUMS_AT,
  TAIL,
  TEXT_AT,
  VECTORS_AT,
  WEIGHTS_AT,
  WORD_ACROSS,
  WORD_KIND,
  WORDS_2,
  WORDS_READ,
} from '../src/learned/layout';
import { CODED, CODED_DIGITS, CODED_MARKS, CODED_RUN, SPACED, SPACED_GAP, UNPLAIN } from '../src/text/sign-bits';

@external('reader', 'addRun')
declare function addRun(from: i32, to: i32, first: i32, second: i32): i32;

const NOWHERE: i32 = -1000;

/** Kind of what is outside a text, and the first of the kinds of numbers. */
let edge: i32 = 0;
let numbers: i32 = 0;

export function begin(edgeKind: i32, firstOfNumbers: i32): void {
  edge = edgeKind;
  numbers = firstOfNumbers;
}

let count: i32 = 0;
let turn: i32 = 0;
let senses: i32 = 0;
let roles: i32 = 0;
let signs: i32 = 0;
let words: i32 = 0;
let reversed: i32 = 0;
let reversedNames: i32 = 0;
let rot13: i32 = 0;
let pigLatin: i32 = 0;
let single: i32 = 0;
let stretch: i32 = 0;
let stretchEnd: i32 = 0;
let digits: i32 = 0;
let marks: i32 = 0;

/** The integer at index `i` of an array. */
@inline
function at(array: i32, i: i32): i32 {
  return load<i32>(<usize>(array + (i << 2)));
}

@inline
function put(array: i32, i: i32, value: i32): void {
  store<i32>(<usize>(array + (i << 2)), value);
}

@inline
function byteAt(array: i32, i: i32): i32 {
  return <i32>load<u8>(<usize>(array + i));
}

/** The character at `i`; 0 outside the text. */
@inline
function charAt(i: i32): i32 {
  return byteAt(TEXT_AT, i);
}

@inline
function isDigit(c: i32): bool {
  return <u32>(c - 48) < 10;
}

@inline
function isLetter(c: i32): bool {
  return <u32>((c | 32) - 97) < 26;
}

@inline
function isAlnum(c: i32): bool {
  return isLetter(c) || isDigit(c);
}

/** `WordList.read` of a text of ASCII, `length` bytes at TEXT_AT with zeros around it. */
export function read(length: i32, turnOfText: i32): void {
  turn = turnOfText;
  count = 0;
  senses = 0;
  roles = 0;
  words = 0;
  reversed = 0;
  reversedNames = 0;
  rot13 = 0;
  pigLatin = 0;
  signs = 0;
  single = NOWHERE;
  stretch = 0;
  stretchEnd = 0;
  digits = 0;
  marks = 0;
  // What is left of a longer text is not read.
  memory.fill(<usize>(TEXT_AT + length), 0, LOOKED_AHEAD);
  let i: i32 = 0;
  while (i < length && count < WORDS_READ - RUN_LIMIT) {
    const c = charAt(i);
    if (c === 32 || c === 10 || c === 39) i++;
    else if (isLetter(c)) i = readRun(i, i, length);
    else if (isDigit(c)) i = readDigits(i, length);
    else {
      const before = charAt(i - 1);
      const after = charAt(i + 1);
      if (c !== 45 || !isAlnum(before) || !isAlnum(after) || (isDigit(before) && isDigit(after)))
        push(byteAt(MARKS_AT, c), i, i + 1);
      if (c === 45 || c === 46) marks++;
      else if (c === 43 || c === 47 || c === 61) seeStretch(i, i + 1);
      else if (byteAt(PLAIN_AT, c) === 0) signs |= UNPLAIN;
      i++;
    }
  }
  if (i < length) signs = UNPLAIN | SPACED | CODED;
  if (digits >= CODED_DIGITS || marks >= CODED_MARKS) signs |= CODED;
  put(RESULT_AT, RESULT_COUNT, count);
  put(RESULT_AT, RESULT_SENSES, senses);
  put(RESULT_AT, RESULT_ROLES, roles);
  put(RESULT_AT, RESULT_SIGNS, signs);
  put(RESULT_AT, RESULT_WORDS, words);
  put(RESULT_AT, RESULT_REVERSED, reversed);
  put(RESULT_AT, RESULT_REVERSED_NAMES, reversedNames);
  put(RESULT_AT, RESULT_ROT13, rot13);
  put(RESULT_AT, RESULT_PIG_LATIN, pigLatin);
}

function push(word: i32, from: i32, to: i32): void {
  if (count === WORDS_READ) return;
  const before = at(MET_AT, word);
  if (before - turn >= (word < KIND_COUNT ? MOST_TIMES_OF_KIND : MOST_TIMES)) return;
  const times = max(before, turn);
  put(MET_AT, word, times + 1);
  const n = count;
  count = n + 1;
  put(LIST_WORDS_AT, n, word);
  put(LIST_KINDS_AT, n, at(KINDS_AT, word));
  put(LIST_HASHES_AT, n, at(HASHES_AT, word));
  put(LIST_FROM_AT, n, from);
  put(LIST_TO_AT, n, to);
  store<u8>(<usize>(LIST_FIRST_AT + n), times === turn ? 1 : 0);
}

function readDigits(start: i32, length: i32): i32 {
  let end = start;
  let value: f64 = 0;
  let whole = true;
  let found: i32 = 0;
  let piece = start;
  for (; end - start < RUN_LIMIT; end++) {
    const c = charAt(end);
    if (isDigit(c)) {
      value = value * 10 + <f64>(c - 48);
      found++;
    } else if ((c === 46 || c === 44) && isDigit(charAt(end + 1))) {
      if (c === 46 || !isThree(end + 1)) whole = false;
      if (c === 46) marks++;
      if (end - piece === 1) seeSingle(piece);
      piece = end + 1;
    } else break;
  }
  if (isLetter(charAt(end))) return readRun(start, piece, length);
  if (end - piece === 1) seeSingle(piece);
  seeStretch(piece, end);
  digits += found;
  push(whole ? kindOfNumber(value) : numbers + 9, start, end);
  return end;
}

function isThree(from: i32): bool {
  return (
    isDigit(charAt(from)) && isDigit(charAt(from + 1)) && isDigit(charAt(from + 2)) && !isDigit(charAt(from + 3))
  );
}

function kindOfNumber(value: f64): i32 {
  return numbers + (value <= 4 ? <i32>value : value < 10 ? 5 : value < 100 ? 6 : value < 1000 ? 7 : 8);
}

function readRun(start: i32, begin: i32, length: i32): i32 {
  const limit = min(start + RUN_LIMIT, length);
  let first = <i32>RUN_BASIS;
  let second: i32 = 0;
  let end = start;
  let piece = begin;
  for (;;) {
    let c: i32 = 0;
    for (; end < limit; end++) {
      c = charAt(end);
      const letter = byteAt(LETTERS_AT, c);
      if (letter === 0) break;
      first = (first ^ letter) * RUN_PRIME;
      second = second * RUN_SECOND_PRIME + letter;
    }
    if (c === 32 || end === limit || !goesOn(start, end, c)) break;
    if (end - piece === 1) seeSingle(piece);
    piece = end + 1;
    first = (first ^ c) * RUN_PRIME;
    second = second * RUN_SECOND_PRIME + c;
    end++;
  }
  if (end - piece === 1) seeSingle(piece);
  seeStretch(piece, end);
  const run = findRun(start, end, first, second);
  const last = at(run, RUN_END);
  for (let word = at(run, RUN_START); word < last; word++) push(word, start, end);
  senses |= at(run, RUN_SENSES);
  roles |= at(run, RUN_ROLES);
  const codes = at(run, RUN_CODES);
  words += codes & 63;
  digits += at(run, RUN_TAKEN) - 1;
  if (codes > 63) {
    reversed += (codes >> 6) & 63;
    reversedNames += (codes >> 12) & 63;
    rot13 += (codes >> 18) & 63;
    pigLatin += (codes >> 24) & 63;
  }
  return end;
}

/** Where the fields of the run lie that stands at `from` to `to` and has these hashes: `RunTable.read`. */
@inline
function findRun(from: i32, to: i32, first: i32, second: i32): i32 {
  let slot = (first ^ (first >>> 15)) & (SLOTS - 1);
  let number = numberAt(slot);
  while (number !== 0) {
    const run = RUNS_AT + number * 4 * RUN_FIELDS;
    if (at(run, RUN_FIRST) === first && at(run, RUN_SECOND) === second) return run;
    slot = (slot + 1) & (SLOTS - 1);
    number = numberAt(slot);
  }
  return addRun(from, to, first, second);
}

@inline
function numberAt(slot: i32): i32 {
  return <i32>load<u16>(<usize>(SLOTS_AT + (slot << 1)));
}

function goesOn(start: i32, i: i32, c: i32): bool {
  if (c === 39 || c === 64 || c === 36) {
    if (!isLetter(charAt(i + 1))) return false;
    if (c === 36) signs |= UNPLAIN;
    return true;
  }
  if (c !== 46 || !isLetter(charAt(i + 1)) || isLetter(charAt(i + 2))) return false;
  if (i !== start + 1 && charAt(i - 2) !== 46) return false;
  marks++;
  return true;
}

@inline
function seeSingle(i: i32): void {
  if (i - single <= SPACED_GAP + 1) signs |= SPACED;
  single = i;
}

@inline
function seeStretch(from: i32, to: i32): void {
  if (from !== stretchEnd) stretch = from;
  stretchEnd = to;
  if (to - stretch >= CODED_RUN) seeLong(to);
}

function seeLong(to: i32): void {
  for (let i = stretch + 1; i < to; i++) if (charAt(i) < 97) signs |= CODED;
}

/** What the linear model says of a list of `wordCount` words, whoever read it: `linearScore` of `answer-reading.ts`. */
export function score(
  wordCount: i32,
  turnOfText: i32,
  scale: f64,
  bias: f64,
  plainlyClear: f64,
  clear: f64,
): f64 {
  count = wordCount;
  turnOfKinds = turnOfText;
  featureCount = 0;
  put(RESULT_AT, RESULT_FEATURES, 0);
  const own = <f64>(addAdjoining() + sumOfWords()) * scale + bias;
  if (own < plainlyClear) return own;
  const first = own + <f64>addOutside() * scale;
  if (first < clear) return first;
  const second = first + <f64>addApart() * scale;
  put(RESULT_AT, RESULT_FEATURES, featureCount);
  return second;
}

let turnOfKinds: i32 = 0;
let featureCount: i32 = 0;

@inline
function saltOf(template: i32): i32 {
  return (template + 1) * <i32>GOLDEN;
}

@inline
function place(sum: i32): i32 {
  return ((sum ^ (sum >>> 15)) * SPREAD) >>> (32 - FEATURE_BITS);
}

/** Writes a feature, 0 for none, and returns its weight. */
@inline
function add(feature: i32): i32 {
  put(FEATURES_AT, featureCount++, feature);
  return <i32>load<i8>(<usize>(WEIGHTS_AT + feature));
}

/** The place of a kind or pair of kinds, counted from ADJOINING, where this text did not meet it before, else 0. */
@inline
function onlyOnce(kind: i32): i32 {
  const last = <usize>(KINDS_MET_AT + kind);
  const other = ((<i32>load<u8>(last) ^ turnOfKinds) + 0xff) >> 8;
  store<u8>(last, <u8>turnOfKinds);
  return (ADJOINING + kind) & -other;
}

/** `readAdjoining`, with the sum of the weights. */
function addAdjoining(): i32 {
  if (count === 0) return 0;
  let sum: i32 = 0;
  const edgeHash = at(KIND_HASHES_AT, edge);
  let word1 = edgeHash;
  let hash1 = edgeHash;
  let hash2 = edgeHash;
  let left = edge;
  for (let i: i32 = 0; i < count; i++) {
    const kind = at(LIST_KINDS_AT, i);
    const word = at(LIST_HASHES_AT, i);
    const hash = at(KIND_HASHES_AT, kind);
    const turned1 = word1 * <i32>FIRST;
    const hashTurned1 = hash1 * <i32>FIRST;
    sum += add(onlyOnce(ALONE - ADJOINING + kind));
    sum += add(onlyOnce((left << 8) + kind));
    sum += add(place(turned1 + word + saltOf(WORDS_2)));
    sum += add(place(turned1 + hash + saltOf(WORD_KIND)));
    sum += add(place(hashTurned1 + word + saltOf(KIND_WORD)));
    sum += add(place(hash2 * <i32>SECOND + hashTurned1 + hash + saltOf(KINDS_3)));
    word1 = word;
    hash2 = hash1;
    hash1 = hash;
    left = kind;
  }
  return sum + add(onlyOnce((left << 8) + edge));
}

/** What words have by themselves. */
function sumOfWords(): i32 {
  let sum: i32 = 0;
  for (let i: i32 = 0; i < count; i++) sum += byteAt(LIST_FIRST_AT, i) * at(SUMS_AT, at(LIST_WORDS_AT, i));
  return sum;
}

/** `readOutside`, with the sum of the weights. */
function addOutside(): i32 {
  if (count === 0) return 0;
  let sum = add(place(at(LIST_HASHES_AT, count - 1) * <i32>FIRST + at(KIND_HASHES_AT, edge) + saltOf(WORDS_2)));
  sum += add(place(min(10, count >> 2) + saltOf(LENGTH)));
  const end = min(END, count);
  for (let i: i32 = 0; i < end; i++) {
    const late = count - 1 - i;
    const salt = ENDS + 4 * i;
    sum += add(place(at(LIST_HASHES_AT, i) + saltOf(salt)));
    sum += add(place(at(KIND_HASHES_AT, at(LIST_KINDS_AT, i)) + saltOf(salt + 1)));
    sum += add(place(at(LIST_HASHES_AT, late) + saltOf(salt + 2)));
    sum += add(place(at(KIND_HASHES_AT, at(LIST_KINDS_AT, late)) + saltOf(salt + 3)));
  }
  const head = min(TAIL, count);
  const wordsBefore = at(BEFORE_AT, BEFORE_COUNT);
  for (let j: i32 = 0; j < wordsBefore; j++) {
    const kind = at(KIND_HASHES_AT, at(BEFORE_AT, BEFORE_KINDS + j)) * <i32>FIRST;
    const word = at(BEFORE_AT, BEFORE_HASHES + j) * <i32>FIRST;
    for (let i: i32 = 0; i < head; i++) {
      const hash = at(KIND_HASHES_AT, at(LIST_KINDS_AT, i));
      sum += add(place(kind + hash + saltOf(KINDS_ACROSS)));
      sum += add(place(kind + at(LIST_HASHES_AT, i) + saltOf(KIND_ACROSS)));
      sum += add(place(word + hash + saltOf(WORD_ACROSS)));
    }
  }
  for (let bits = at(BEFORE_AT, BEFORE_SENSES); bits !== 0; bits &= bits - 1) sum += add(at(SENSES_AT, ctz(bits)));
  for (let bits = at(BEFORE_AT, BEFORE_ROLES); bits !== 0; bits &= bits - 1) sum += add(at(ROLES_AT, ctz(bits)));
  return sum;
}

/** `readApart`, with the sum of the weights. */
function addApart(): i32 {
  let sum: i32 = 0;
  for (let i: i32 = 0; i < count; i++) {
    const beside = APART - ADJOINING + at(LIST_KINDS_AT, i);
    for (let d: i32 = 2; d <= REACH; d++)
      sum += add(i < d ? 0 : onlyOnce(beside + (at(LIST_KINDS_AT, i - d) << 8)));
  }
  return sum;
}

/** `FactorizationMachine.score` of the list that {@link score} had. */
export function scoreOfPairs(): f64 {
  for (let d: i32 = 0; d < DIMENSIONS; d++) store<f64>(<usize>(STATE_AT + 8 * d), 0);
  let sum: f64 = 0;
  for (let i: i32 = 0; i < count; i++) {
    let vectors = VECTORS_AT + at(LIST_WORDS_AT, i) * 8 * DIMENSIONS;
    for (let d: i32 = 0; d < DIMENSIONS; d++) {
      const state = <usize>(STATE_AT + 8 * d);
      const before = load<f64>(state);
      sum += before * <f64>load<f32>(<usize>(vectors + 4 * DIMENSIONS));
      store<f64>(state, before * load<f64>(<usize>(DECAYS_AT + 8 * d)) + <f64>load<f32>(<usize>vectors));
      vectors += 4;
    }
  }
  return sum;
}
