export { startFakeServer, type FakeServer } from './server.js';
export type { FakeServerOptions } from './options.js';
export { namedAnswers, type Answer } from './answers.js';
export { faultNames, type Fault, type FaultOptions } from './faults.js';
export type { Dialect, FakeRequest } from './fake-request.js';
export type { Latency } from './latency.js';
export { countRequests, type Counts, type Outcome, type RequestRecord } from './report.js';
