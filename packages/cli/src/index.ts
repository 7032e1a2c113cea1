export { runCommand } from './run-command.js';
export type { CommandContext, OutputStream, SignalSource } from './command-context.js';
