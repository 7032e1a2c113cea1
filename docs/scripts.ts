import ts from 'typescript';

/** What the comments of a script say that it prints, line by line. */
export function readPrinted(script: string): string[] {
  return [...script.matchAll(/^\/\/ (.*)$/gm)].map(([, line = '']) => line);
}

/** Runs a script whose imports are all among the given modules, and gives what it prints. */
export async function runScript(script: string, modules: readonly object[]): Promise<string[]> {
  const lines: string[] = [];
  const print = (...values: unknown[]) => lines.push(values.join(' '));
  const names = Object.assign({}, ...modules, { console: { log: print } }) as Record<string, unknown>;
  const body = ts.transpile(script.replaceAll(/^import .*$/gm, ''), {
    target: ts.ScriptTarget.ES2022,
    experimentalDecorators: true,
  });
  const run = new Function(...Object.keys(names), `return (async () => { ${body} })()`) as (
    ...values: unknown[]
  ) => Promise<void>;
  await run(...Object.values(names));
  return lines;
}
