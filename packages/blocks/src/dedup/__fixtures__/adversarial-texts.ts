import * as fc from 'fast-check';

const piece = fc.constantFrom(
  'a',
  'b',
  'A',
  'the',
  'é',
  'e\u0301',
  'ß',
  'ﬁ',
  '🎉',
  '👨‍👩‍👧',
  '法',
  'ما',
  'שלום',
  '\u0301',
  '?',
  ' ',
  '\t',
  '7',
  '*',
);

/** One text of any length and script, with what breaks naive code: nothing, marks alone, emoji, right-to-left. */
export const adversarialText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(' ')) },
  { weight: 2, arbitrary: fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')) },
  { weight: 1, arbitrary: fc.array(piece, { minLength: 65, maxLength: 120 }).map((pieces) => pieces.join(' ')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

/** Texts near one another: equal, rotated, with a letter or a word changed, or unlike. */
export const adversarialTexts: fc.Arbitrary<string[]> = fc
  .tuple(
    fc.array(adversarialText, { minLength: 1, maxLength: 6 }),
    fc.array(fc.tuple(fc.nat(5), fc.nat(4), fc.nat(40), piece), { maxLength: 10 }),
  )
  .map(([texts, edits]) =>
    texts.concat(
      edits.map(([origin, kind, place, other]) => edit(texts[origin % texts.length] as string, kind, place, other)),
    ),
  );

function edit(text: string, kind: number, place: number, other: string): string {
  const words = text.split(' ');
  if (kind === 0) return text;
  if (kind === 1) return text.slice(0, place) + other + text.slice(place);
  if (kind === 2) return text.slice(0, place) + text.slice(place + 1);
  if (kind === 3)
    return words
      .slice(place % words.length)
      .concat(words.slice(0, place % words.length))
      .join(' ');
  return words.toSpliced(place % words.length, 1, other).join(' ');
}
