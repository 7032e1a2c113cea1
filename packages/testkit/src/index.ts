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
