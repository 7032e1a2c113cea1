export { createBatchInput, type BatchInput, type BatchInputReport } from './create-batch-input.js';
export { createTaskBatch, type TaskBatch, type TaskBatchReport } from './create-task-batch.js';
export { BatchAnswers } from './read-batch-answers.js';
