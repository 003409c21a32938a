/** The part of `console` that APPSYNC_JS has. */
declare const console: { log(...values: unknown[]): void; error(...values: unknown[]): void };
