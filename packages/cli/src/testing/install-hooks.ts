import { createModuleLoader } from '@dgt/runner';

// Imported by each process of `dgt test` before the tests: from here on the project's TypeScript runs as it stands.
const roots = JSON.parse(process.env['DGT_TEST_ROOTS'] ?? '[]') as string[];
await createModuleLoader({ roots, hostUrl: import.meta.url });
