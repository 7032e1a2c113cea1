import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './.ci/summary-reporter.js';

// The source condition makes packages import each other's TypeScript, so that tests need no build.
const conditions = ['@dgt/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  esbuild: { target: 'node20', tsconfigRaw: { compilerOptions: { experimentalDecorators: true } } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'builders/**/*.test.ts', 'docs/**/*.test.ts'],
    server: { deps: { inline: [/@dgt\//] } },
    reporters: ['default', new SummaryReporter()],
    testTimeout: 30_000,
  },
});
