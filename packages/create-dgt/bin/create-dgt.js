#!/usr/bin/env node
import { runInProcess } from '@dgt/cli';

// `npm create dgt@latest my-data` is `dgt new project my-data` for those who have no dgt yet.
const [name = 'my-data', ...options] = process.argv.slice(2);
await runInProcess(['new', 'project', name, ...options]);
