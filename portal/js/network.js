/** HTTP requests. */

/** A server did not answer: the server or the connection to it is down. */
export class UnreachableError extends Error {}

/**
 * Like `fetch`, but throws `UnreachableError` if there is no connection. `fetch` throws a TypeError then, as many
 * mistakes do.
 *
 * @param {string} url
 * @param {RequestInit} [options]
 */
export async function request(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error instanceof TypeError) throw new UnreachableError(`${url}: ${error.message}`);
    throw error;
  }
}
