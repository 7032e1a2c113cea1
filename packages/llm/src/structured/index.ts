export { compileForeignSchema, compileJsonSchema, type JsonSchemaCheck } from './compile-json-schema.js';
export { readJson, type JsonFault, type JsonReading, type JsonRepair, type ReadJsonOptions } from './read-json.js';
