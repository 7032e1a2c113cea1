export { createBatchInput, type BatchInput, type BatchInputReport } from './create-batch-input.js';
