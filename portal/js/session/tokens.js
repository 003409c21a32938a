/** The claims of an ID token. They are not verified here: the API does that. */

/** The user is not signed in, or no longer. The message tells the user why. */
export class SignedOutError extends Error {}

/** The Cognito group of owners: as in appsync/schema.graphql. */
const OWNERS = 'admins';
/** The names that the claim with the affiliate's id may have. The API reads the one that it was deployed with. */
const AFFILIATE_CLAIMS = ['affiliate_id', 'custom:affiliate_id'];

/**
 * @typedef {object} User
 * @property {string} name
 * @property {boolean} isOwner whether the user may see all affiliates
 * @property {boolean} isAffiliate whether the user has figures, so far as the token tells
 */

/**
 * The user of a token.
 *
 * @param {string} token
 * @returns {User}
 */
export function toUser(token) {
  const claims = decode(token);
  const isOwner = (claims['cognito:groups'] ?? []).includes(OWNERS);
  return {
    name: claims.email ?? claims['cognito:username'] ?? claims.sub,
    isOwner,
    // Another claim may be in use, so only an owner without one is known to be no affiliate.
    isAffiliate: !isOwner || AFFILIATE_CLAIMS.some((name) => name in claims),
  };
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
