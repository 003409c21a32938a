/** Signing in on a local system: whoever one likes to be, from a list. */

import { request } from './network.js';
import { SignedOutError, userName } from './tokens.js';

const KEY = 'portal.token';

/** A session as `cognito.js` describes it. `identitiesUrl` answers `[{name, token}]`. */
export function chooser({ identitiesUrl }) {
  return {
    get user() {
      const token = sessionStorage.getItem(KEY);
      return token && userName(token);
    },

    async resume() {},

    async choices() {
      const identities = await (await request(identitiesUrl)).json();
      const keep = (token) => async () => sessionStorage.setItem(KEY, token);
      return identities.map(({ name, token }) => ({ label: name, choose: keep(token) }));
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
