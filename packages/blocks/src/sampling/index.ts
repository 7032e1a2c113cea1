export { drawCategory, type CategoryOptions } from './category.js';
export { drawDatetime, type DatetimeOptions } from './datetime.js';
export { readColumn, type RecordOptions, type SubsetOptions } from './from-file.js';
export { drawGaussian, type GaussianOptions } from './gaussian.js';
export { drawPerson, type Faker, type Person, type PersonOptions } from './person.js';
export { Sampler, type SamplerConfig } from './sampler.js';
export { drawUniform, type UniformOptions } from './uniform.js';
