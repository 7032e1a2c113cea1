export { UserFunction, userFunctionConfig } from '../internal/user-function.js';
export type { FunctionContext, UserFunctionConfig } from '../internal/user-function.js';
