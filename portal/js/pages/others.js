/** The pages besides the overview. They are loaded together, when the first of them is shown. */

export { makePage as affiliates } from './affiliates.js';
export { makePage as balances } from './balances.js';
export { makePage as links } from './links.js';
export { makePage as sales } from './sales.js';
export { makePage as statement } from './statement.js';
