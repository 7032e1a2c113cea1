export { runCommand } from './run-command.js';
export { runInProcess } from './run-in-process.js';
export type { CommandContext, OutputStream, SignalSource } from './command-context.js';
