import { describe, expect, it } from 'vitest';
import { tokenize } from './tokenize.js';

const unicode = (text: string) => tokenize(text, 'unicode');

describe('the unicode tokenizer', () => {
  it('takes words in lower case and leaves punctuation out', () => {
    expect(unicode("Don't panic: it's 3.5 km!")).toEqual(['don', 't', 'panic', 'it', 's', '3', '5', 'km']);
    expect(unicode('snake_case, “quoted” … `code` – dash')).toEqual(['snake', 'case', 'quoted', 'code', 'dash']);
  });

  it('takes words of any script', () => {
    expect(unicode('ما هي عاصمة فرنسا؟')).toEqual(['ما', 'هي', 'عاصمة', 'فرنسا']);
    expect(unicode('Какая столица?')).toEqual(['какая', 'столица']);
    expect(unicode('फ़्रांस की राजधानी')).toEqual(['फ़्रांस', 'की', 'राजधानी'].map((word) => word.normalize('NFC')));
    expect(unicode('프랑스의 수도는')).toEqual(['프랑스의', '수도는']);
  });

  it('takes characters of scripts without spaces one by one, and other words between them whole', () => {
    expect(unicode('法国的首都是哪里?')).toEqual(['法', '国', '的', '首', '都', '是', '哪', '里']);
    expect(unicode('「パリ」はABC市。')).toEqual(['パ', 'リ', 'は', 'abc', '市']);
    expect(unicode('コーヒー2杯')).toEqual(['コ', 'ー', 'ヒ', 'ー', '2', '杯']);
    expect(unicode('ที่นี่')).toEqual(['ที่', 'นี่']);
  });

  it('takes each symbol and emoji as a token', () => {
    expect(unicode('C# or C++?')).toEqual(['c', '#', 'or', 'c', '+', '+']);
    expect(unicode('5€ → 🎉👍🏽')).toEqual(['5', '€', '→', '🎉', '👍', '🏽']);
    expect(unicode('❤️')).toEqual(unicode('❤'));
  });

  it('takes an asterisk or hyphen as an operator between numbers only', () => {
    expect(unicode('7 * 8')).toEqual(['7', '*', '8']);
    expect(unicode('7-8')).toEqual(['7', '-', '8']);
    expect(unicode('**well-known** *fact*')).toEqual(['well', 'known', 'fact']);
  });

  it('reads composed and decomposed characters alike', () => {
    expect(unicode('Cafe\u0301')).toEqual(['caf\u00e9']);
    expect(unicode('İ')).toEqual(unicode('i\u0307'));
  });

  it('finds nothing in nothing, in punctuation, in a lone combining mark or surrogate', () => {
    for (const text of ['', ' \n', '?!…', '\u0301', '\ud83d']) expect(unicode(text)).toEqual([]);
  });
});

describe('the ascii tokenizer', () => {
  it('takes runs of a-z and 0-9 only', () => {
    expect(tokenize("Café's 2nd_row", 'ascii')).toEqual(['caf', 's', '2nd', 'row']);
    expect(tokenize('法国', 'ascii')).toEqual([]);
  });
});
