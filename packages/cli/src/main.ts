import { runInProcess } from './run-in-process.js';

await runInProcess(process.argv.slice(2));
