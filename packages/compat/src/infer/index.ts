export { translateInfer, type InferSurroundings, type InferTranslation } from './translate-infer.js';
export { describeNotices, describeOmissions } from './infer-notices.js';
export { writeDataTroveStats } from './datatrove-stats.js';
export type { GivenFlags, InferSettings } from './infer-settings.js';
