import { spawn } from 'node:child_process';
import { collect } from '../packages/cli/test/project.js';
import type { Example } from './documents.js';

/** A command of a session that a page shows, and what it is said to print. */
export interface Step {
  readonly command: string;
  /** As `# exit code 2` behind the command says; 0 without. */
  readonly code: number;
  readonly printed: readonly string[];
}

/** The commands of a `console` example: lines that begin with `$ `, each with the lines that it prints. */
export function readSteps({ text }: Example): Step[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [line = '', ...printed] = step.trimEnd().split('\n');
      const [, command = line, code = '0'] = /^(.*?)\s+# exit code (\d+)$/.exec(line) ?? [];
      return { command, code: Number(code), printed: printed.filter(Boolean) };
    });
}

/** Where steps are played: a project on which the command is run, as a process or inside of the test's. */
export interface Stage {
  readonly folder: string;
  run(
    args: readonly string[],
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** What a step came to: its exit code, and which of the lines that the page shows it did not print, in their order. */
export interface Played {
  readonly command: string;
  readonly code: number | null;
  readonly missing: readonly string[];
}

/** Calls the command of a step in a project: dgt, or a program of the system. Durations, tokens and times are not compared. */
export async function play(step: Step, project: Stage): Promise<Played> {
  const { code, stdout, stderr } = await call(step.command, project);
  const lines = `${stderr}${stdout}`.split('\n').map(withoutMeasures);
  let from = 0;
  const missing = step.printed.filter((line) => {
    const at = lines.indexOf(withoutMeasures(line), from);
    if (at >= 0) from = at + 1;
    return at < 0;
  });
  return { command: step.command, code, missing: missing.length === 0 ? [] : [...missing, 'printed:', stderr, stdout] };
}

function call(command: string, project: Stage) {
  const [name, ...args] = command.replace(/^npx /, '').split(' ');
  if (name === 'dgt') return project.run(args);
  return collect(spawn('sh', ['-c', command], { cwd: project.folder }));
}

function withoutMeasures(line: string): string {
  return line
    .trimEnd()
    .replaceAll(/[\d.,]+ (ms|s|min)\b/g, 'TIME')
    .replaceAll(/, [\d.,]+k? tokens( \(.*?\))?/g, '');
}
