export { runBuilder, type BuilderReport, type BuilderTrial } from './run-builder.js';
export { checkBuilder, type BuilderCheck } from './check-builder.js';
export { ScriptedModel } from './scripted-model.js';
export type { Answers, ScriptedAnswer, ScriptedChoice } from './answer-script.js';
export type { BuilderCall } from './test-recorder.js';
export type { ModelCall } from './model-call.js';
