import { createRequire } from 'node:module';

/** The version of dgt that is running. */
export const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
