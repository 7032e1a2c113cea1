export { countRequests, faultNames, namedAnswers, startFakeServer } from './fake-server/index.js';
export type {
  Answer,
  Counts,
  FakeRequest,
  FakeServer,
  FakeServerOptions,
  Fault,
  FaultOptions,
  Latency,
  Outcome,
  RequestRecord,
} from './fake-server/index.js';
export { checkBuilder, runBuilder, ScriptedModel } from './run-builder/index.js';
export type {
  Answers,
  BuilderCall,
  BuilderCheck,
  BuilderReport,
  BuilderTrial,
  ModelCall,
  ScriptedAnswer,
  ScriptedChoice,
} from './run-builder/index.js';
