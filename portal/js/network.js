/** HTTP requests with a time limit. */

/** The time for a request and its whole answer, in milliseconds. AppSync gives up after 30 seconds. */
const TIME_LIMIT = 35_000;

/** There is no answer: the server or the connection to it is down, or the answer broke off. */
export class UnreachableError extends Error {}

/** The answer takes longer than the time limit. */
export class SlowError extends UnreachableError {}

/** A web page came instead of an answer, as from a Wi-Fi network that wants the user to sign in first. */
export class OtherPageError extends UnreachableError {}

/** A part of the portal cannot be loaded: the connection is down, or there is a newer version of the portal. */
export class NotLoadedError extends Error {}

/**
 * @typedef {object} Reply
 * @property {number} status
 * @property {boolean} ok whether the status is one of success
 * @property {string} text the whole body
 */

/**
 * Send a request, and read the whole answer.
 *
 * Throws `UnreachableError`, `SlowError`, `OtherPageError`, and an AbortError if `options.signal` is aborted. (`fetch`
 * throws a TypeError if there is no connection, as many mistakes do.)
 *
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<Reply>}
 */
export async function request(url, options = {}) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIME_LIMIT);
  const signals = options.signal ? [options.signal, limit.signal] : [limit.signal];
  try {
    const response = await fetch(url, { ...options, signal: AbortSignal.any(signals) });
    const text = await response.text();
    if (response.headers.get('Content-Type')?.startsWith('text/html')) throw new OtherPageError(url);
    return { status: response.status, ok: response.ok, text };
  } catch (error) {
    if (limit.signal.aborted && !options.signal?.aborted) throw new SlowError(url);
    if (error instanceof TypeError) throw new UnreachableError(`${url}: ${error.message}`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Whether a request was given up, because the user went on to another view.
 *
 * @param {unknown} error
 */
export function isAbort(error) {
  return error instanceof DOMException && error.name === 'AbortError';
}

/**
 * The JSON of a reply. Throws `UnreachableError` if it is not JSON: it was cut off on its way, or is another server's.
 *
 * @param {Reply} reply
 */
export function toJson({ text }) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UnreachableError(`the answer is not JSON: ${error.message}`);
    throw error;
  }
}
