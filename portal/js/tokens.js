/** ID tokens: what they say of whom they are for. Whether it is true is for the API to check. */

/** There is no token, or no longer. The message says why, to the reader. */
export class SignedOutError extends Error {}

/** Who a token is for, as people would say it. */
export function userName(token) {
  const claims = decode(token);
  return claims.email ?? claims['cognito:username'] ?? claims.sub;
}

/** When a token stops being good: milliseconds since 1970. */
export function expiry(token) {
  return decode(token).exp * 1000;
}

function decode(token) {
  const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
