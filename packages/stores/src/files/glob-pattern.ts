/** Whether a path is a pattern: `*`, `**`, `?`, `[ab]`, `{a,b}`. */
export function isPattern(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** Makes the function that tells whether a path, with `/` between its parts, matches a pattern. */
export function createMatcher(pattern: string): (path: string) => boolean {
  const expression = new RegExp(`^${toExpression(pattern.replace(/^(?:\.?\/)+/, ''))}$`, 's');
  return (path) => expression.test(path);
}

/** The parts of a pattern that mean something, longest first. */
const tokens = /\*\*\/|\*\*|\*|\?|\[[!^]?[^\]]+\]|\{[^{}]*\}|./gs;

function toExpression(pattern: string): string {
  return pattern.replaceAll(tokens, (token) => {
    if (token === '**/') return '(?:[^/]+/)*';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 1 && token.startsWith('[')) return token.replace(/^\[[!^]/, '[^').replaceAll('\\', '\\\\');
    if (token.length > 1 && token.startsWith('{'))
      return `(?:${token.slice(1, -1).split(',').map(toExpression).join('|')})`;
    return token.replace(/[.*+?^${}()|[\]\\]/, '\\$&');
  });
}
