/** Talking to other machines. */

/** A machine did not answer: it, or the way to it, is down. */
export class UnreachableError extends Error {}

/** As `fetch`, but throws `UnreachableError` where that throws a TypeError, of which there are many others. */
export async function request(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error instanceof TypeError) throw new UnreachableError(`${url}: ${error.message}`);
    throw error;
  }
}
