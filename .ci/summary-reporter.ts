import type { Reporter, TestModule } from 'vitest/node';

/** Prints the counts of a run on one plain line, for machines that read logs. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) counts[test.result().state]++;
      // A file that cannot be loaded has no tests to count.
      if (module.state() === 'failed' && module.children.size === 0) counts.failed++;
    }
    const failed = counts.failed + unhandled.length;
    process.stdout.write(`\n${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped\n`);
  }
}
