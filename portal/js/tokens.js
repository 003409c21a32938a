/** The claims of an ID token. They are not verified here: the API does that. */

/** The user is not signed in, or no longer. The message tells the user why. */
export class SignedOutError extends Error {}

/**
 * The name of a token's user, to be shown on the page.
 *
 * @param {string} token
 * @returns {string}
 */
export function userName(token) {
  const claims = decode(token);
  return claims.email ?? claims['cognito:username'] ?? claims.sub;
}

/**
 * When a token expires, in milliseconds since 1970.
 *
 * @param {string} token
 */
export function expiry(token) {
  return decode(token).exp * 1000;
}

/** @param {string} token */
function decode(token) {
  const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
