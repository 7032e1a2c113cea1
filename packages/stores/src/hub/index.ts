export { findHubAccount } from './hub-account.js';
