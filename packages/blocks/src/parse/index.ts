export { JavaScriptParser, type Parser, type ParserContext } from './javascript.js';
export { JsonParser, parseJson } from './json.js';
export { parseRegex, RegexParser, type RegexFinding } from './regex.js';
export { parseTag, TagParser } from './tag.js';
