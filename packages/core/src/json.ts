/** What JSON can hold. Absent object members may be `undefined`; they are left out when written. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
