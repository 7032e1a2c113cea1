import { runCommand } from './run-command.js';

/** Runs one command of dgt for the process that it is called in: its streams, its folder, its signals, its exit code. */
export async function runInProcess(argv: readonly string[]): Promise<void> {
  // `dgt list blocks | head` closes the pipe: a reader that has enough is no failure, and no reason to end a run.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  // The exit code is set and not forced: what a run holds is closed, and output that is under way still arrives.
  process.exitCode = await runCommand(argv, {
    stdout: process.stdout,
    stderr: process.stderr,
    workingFolder: process.cwd(),
    environment: process.env,
    signals: process,
    now: () => Date.now(),
    // Imported when it is called: `--help` loads nothing of dgt.
    sleep: async (milliseconds, signal) => (await import('@dgt/core')).systemClock.sleep(milliseconds, signal),
    exit: (code) => process.exit(code),
  });
}
