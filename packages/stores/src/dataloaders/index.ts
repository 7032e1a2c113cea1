export { DefaultDataloader } from './default-dataloader.js';
