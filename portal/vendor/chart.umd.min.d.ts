/** For the type checker: the library defines the global `Chart`, and has no types here. */
export {};
