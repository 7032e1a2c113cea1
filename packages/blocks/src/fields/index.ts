export { FieldMapper } from './field-map.js';
export { FlattenField } from './flatten-field.js';
