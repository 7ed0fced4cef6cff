/**
 * Characters that a reader takes for an ASCII letter although Unicode's compatibility forms do not say so.
 * Source: Unicode Technical Standard 39, confusables.txt (the single-letter cases met in Latin text), and common symbols.
 */
const pairs = `
аa вb сc ԁd еe ғf ɡg һh іi јj кk ӏl мm оo рp ԛq гr ѕs тt ѵv ԝw хx уy ցg զq ոn нn
αa βb γy δd εe ηn ιi κk νv οo ρp σo τt υu χx ωw μu
АA ВB СC ԀD ЕE НH ІI ЈJ КK ӀL МM ОO РP ԚQ ЅS ТT Ѕs УY ХX ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX
ıi ɩi ʟl ɑa ɢg ɪi ɴn ʀr ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ʜh ᴊj ᴋk ᴍm ᴏo ᴘp ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz łl øo đd ħh ŧt ßss æae œoe þth ðd ǀl ℓl №no
‐- ‑- ‒- –- —- ―- −- ﹣- ‘' ’' ʼ' “" ”" „" «" »" ′' ×x ✕x ✖x ÷/ ∕/ ⁄/ ≥> ≤< →= ⇒= ➜= ➔= ⟶= ▶= 。. ，, 、, ；; ：: ！! ？? ｜| （( ）) ％% ～- ∼- ‖| │| ┃|
`;

export const LOOK_ALIKES: ReadonlyMap<number, string> = build();

function build(): Map<number, string> {
  const table = new Map<number, string>();
  for (const pair of pairs.split(/\s+/)) {
    const point = pair.codePointAt(0);
    if (point === undefined || point < 0x80) continue;
    const rest = pair.slice(point > 0xffff ? 2 : 1).replaceAll('\u200b', '');
    table.set(point, rest.toLowerCase());
  }
  table.set(0xb5, 'u');
  table.set(0x1f48a, ' pill ');
  table.set(0x1f489, ' injection ');
  table.set(0x1f319, ' night ');
  table.set(0x1f305, ' morning ');
  table.set(0x23f0, ' every ');
  for (const sun of [0x2600, 0x1f31e, 0x1f304]) table.set(sun, ' morning ');
  for (const arrow of [0x27a1, 0x1f449, 0x279e]) table.set(arrow, '=');
  for (const up of [0x2191, 0x2b06, 0x1f53c, 0x1f4c8]) table.set(up, ' increase ');
  for (const down of [0x2193, 0x2b07, 0x1f53d, 0x1f4c9]) table.set(down, ' reduce ');
  table.set(0x1f321, ' temperature ');
  table.set(0x1f6d1, ' stop ');
  // Sentence marks of Chinese keep their shape; they end a sentence as "." does.
  table.set(0x3002, '. ');
  table.set(0xff01, '! ');
  table.set(0xff1f, '? ');
  // Upside-down letters.
  for (const [from, to] of Object.entries({
    ɐ: 'a',
    ɔ: 'c',
    ǝ: 'e',
    ɟ: 'f',
    ƃ: 'g',
    ɥ: 'h',
    ᴉ: 'i',
    ɾ: 'j',
    ʞ: 'k',
    ɯ: 'm',
    ɹ: 'r',
    ʇ: 't',
    ʌ: 'v',
    ʍ: 'w',
    ʎ: 'y',
    '˙': '.',
  })) {
    table.set(from.codePointAt(0) as number, to);
  }
  return table;
}
