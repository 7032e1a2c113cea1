import { defineConfig } from 'vitest/config';

// The source condition makes packages import each other's TypeScript, so that tests need no build.
const conditions = ['@dgt/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  esbuild: { target: 'node20', tsconfigRaw: { compilerOptions: { experimentalDecorators: true } } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'builders/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    server: { deps: { inline: [/@dgt\//] } },
    testTimeout: 30_000,
  },
});
