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

const sentence = 'what is the name of the river that flows through the capital of the country';

/** By what is hard about them: lists of texts, some of which repeat others. */
export const hardTexts: Readonly<Record<string, readonly string[]>> = {
  'empty texts': ['', ' ', '\n\t', 'a', '', '?!', '…', 'a '],
  'texts of one token': ['a', 'b', 'A', 'a.', 'ab', 'ba', 'b', 'c', '7', '７'],
  'equal texts': Array.from({ length: 40 }, () => sentence),
  'rotated texts': Array.from({ length: 15 }, (_, turn) => edit(sentence, 3, turn, '')),
  'very long texts': [0, 1, 2, 3].map((text) =>
    Array.from({ length: 1200 }, (_, index) => `w${(index * index) % 211}${index % 97 === text ? 'x' : ''}`).join(' '),
  ),
  emoji: [
    '🎉',
    '🎉🎉',
    '👨‍👩‍👧',
    '👨👩👧',
    '👍🏽',
    '👍',
    '❤️',
    '❤',
    'great 🎉 work',
    'great 🎈 work',
    '🇫🇷',
    '🇫🇷🇩🇪',
    '\ud83c',
  ],
  'combining marks': [
    'café',
    'cafe\u0301',
    'cafe',
    '\u0301',
    'e\u0301\u0302',
    'e\u0302\u0301',
    `a${'\u0300'.repeat(300)}`,
    'ที่นี่',
    'ทีนี',
  ],
  'right-to-left texts': [
    'ما هي عاصمة فرنسا؟',
    'ما هي عاصمة فرنسا',
    '\u200fما هي عاصمة فرنسا',
    'ما هي عاصمة ألمانيا؟',
    'מה בירת צרפת?',
    'צרפת בירת מה?',
    'abc ما xyz',
    'xyz ما abc',
  ],
  'one template': Array.from({ length: 60 }, (_, index) => `What is the capital of country ${index % 37}?`),
};
