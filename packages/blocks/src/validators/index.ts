export { Noop } from './noop.js';
