/**
 * Sign-in for the local system: choose any user from a list.
 *
 * @import { Session } from './cognito.js'
 */

import { request, toJson } from '../network.js';
import { SignedOutError, toUser } from './tokens.js';

const KEY = 'portal.token';

/**
 * The session of a user chosen from the list at `identitiesUrl`.
 *
 * @param {{identitiesUrl: string}} settings
 * @returns {Session}
 */
export function chooser({ identitiesUrl }) {
  return {
    get user() {
      const token = sessionStorage.getItem(KEY);
      return token ? toUser(token) : null;
    },

    async resume() {},

    async choices() {
      /** @type {{name: string, about?: string, group?: string, token: string}[]} */
      const identities = toJson(await request(identitiesUrl));
      const keep = (/** @type {string} */ token) => async () => sessionStorage.setItem(KEY, token);
      return identities.map(({ name, token, ...more }) => ({ ...more, label: name, choose: keep(token) }));
    },

    async token() {
      const token = sessionStorage.getItem(KEY);
      if (!token) throw new SignedOutError('You are signed out.');
      return token;
    },

    async renew() {
      sessionStorage.removeItem(KEY);
      throw new SignedOutError('Your session has ended.');
    },

    async end() {
      sessionStorage.removeItem(KEY);
    },
  };
}
