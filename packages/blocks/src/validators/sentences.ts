/**
 * Cuts text into sentences: after a full stop, question or exclamation mark that a space follows, after those of Chinese and
 * Japanese, and at line ends. The stop of a usual abbreviation or of an initial ends no sentence. A rule and no model: it
 * errs now and then, the same way everywhere.
 */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  for (const piece of text.split(/(?<=[.!?…]["'’”)\]]*)\s+|(?<=[。！？])|\n+/u)) {
    const last = sentences.at(-1);
    if (last !== undefined && endsInAbbreviation(last)) sentences[sentences.length - 1] = `${last} ${piece}`;
    else sentences.push(piece);
  }
  return sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
}

function endsInAbbreviation(sentence: string): boolean {
  const [, word] = /(?:^|[\s("'])((?:\p{L}\.)*\p{L}+)\.$/u.exec(sentence) ?? [];
  return word !== undefined && (/^\p{Lu}$|\./u.test(word) || abbreviations.has(word.toLowerCase()));
}

const abbreviations = new Set(
  'dr mr mrs ms prof rev hon gen capt sen gov st sr jr vs cf no vol fig approx dept est inc ltd co corp mt'.split(' '),
);
