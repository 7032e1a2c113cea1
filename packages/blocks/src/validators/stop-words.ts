/** Whether a lower-case word says little by itself: the articles, pronouns, prepositions and auxiliaries of English. */
export function isStopWord(word: string): boolean {
  return stopWords.has(word);
}

const stopWords = new Set(
  [
    'a an the this that these those such same other some any no not nor only own each both all more most few very too so',
    'i me my mine we us our ours you your yours he him his she her hers it its they them their theirs',
    'myself ourselves yourself yourselves himself herself itself themselves who whom whose which what',
    'am is are was were be been being have has had having do does did doing will would shall should can could may might must',
    'and but or if because as until while than then though although',
    'of at by for with about against between into through during before after above below to from up down in out on off over',
    'under again further once here there when where why how just now also upon within without toward towards',
    's t d ll m re ve don isn aren wasn weren hasn haven hadn doesn didn won wouldn shouldn couldn',
  ]
    .join(' ')
    .split(' '),
);
