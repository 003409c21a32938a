/**
 * Sign-in with the pages of a Cognito user pool: the authorization code grant with PKCE, RFC 7636.
 *
 * https://docs.aws.amazon.com/cognito/latest/developerguide/using-pkce-in-authorization-code.html
 *
 * `resume`, `choices`, `token` and `renew` of a session may throw the errors of `request`. All of them but `choices`
 * may throw `SignedOutError`.
 *
 * @typedef {object} Session
 * @property {User | null} user who is signed in, or null
 * @property {() => Promise<void>} resume continues when the page opens, which may be the return from Cognito's pages
 * @property {() => Promise<Choice[]>} choices the ways to sign in
 * @property {() => Promise<string>} token an ID token that has not expired
 * @property {() => Promise<string>} renew a new ID token, to be used if the API refused the last one
 * @property {() => Promise<void>} end signs out
 *
 * @typedef {object} Choice
 * @property {string} label
 * @property {string} [about] what the label's user is
 * @property {string} [group] the heading of several choices
 * @property {() => Promise<void>} choose
 *
 * @import { User } from './tokens.js'
 */

import { UnreachableError, request, toJson } from '../network.js';
import { SignedOutError, expiry, toUser } from './tokens.js';

const TOKENS = 'portal.tokens';
const PENDING = 'portal.sign-in';
/** A token is renewed this many milliseconds before it expires, so that it does not expire on its way to the API. */
const MARGIN = 60_000;

/**
 * The session of a user of the user pool. Tokens are kept in this tab only, until it is closed.
 *
 * @param {{domain: string, clientId: string, scopes?: string[]}} settings
 * @returns {Session}
 */
export function cognito({ domain, clientId, scopes = ['openid'] }) {
  // Cognito accepts only the exact URLs that the app client lists.
  const returnUrl = location.origin + location.pathname;

  async function leaveToSignIn() {
    const [verifier, state] = [secret(), secret()];
    sessionStorage.setItem(PENDING, JSON.stringify({ verifier, state, search: location.search }));
    go('/oauth2/authorize', {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: returnUrl,
      scope: scopes.join(' '),
      state,
      code_challenge: await challenge(verifier),
      code_challenge_method: 'S256',
    });
  }

  /** @param {URLSearchParams} answer */
  async function comeBack(answer) {
    const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? 'null');
    sessionStorage.removeItem(PENDING);
    // A code works only once. Remove it from the address, so that nobody reloads, bookmarks or shares it.
    history.replaceState(null, '', location.pathname + (pending?.search ?? ''));
    if (pending?.state !== answer.get('state')) throw new SignedOutError('This sign-in was not started here. Please try again.');
    if (answer.has('error')) throw new SignedOutError(answer.get('error_description') ?? 'The sign-in did not finish. Please try again.');
    await fetchTokens({
      grant_type: 'authorization_code',
      code: answer.get('code') ?? '',
      redirect_uri: returnUrl,
      code_verifier: pending.verifier,
    });
  }

  /** @param {Record<string, string>} grant */
  async function fetchTokens(grant) {
    const body = new URLSearchParams({ ...grant, client_id: clientId });
    const response = await request(`${domain}/oauth2/token`, { method: 'POST', body });
    if (response.status >= 500) throw new UnreachableError(`Cognito answered ${response.status}`);
    if (!response.ok) throw signedOut();
    const { id_token: idToken, refresh_token: refreshToken = kept()?.refreshToken } = toJson(response);
    sessionStorage.setItem(TOKENS, JSON.stringify({ idToken, refreshToken }));
    return idToken;
  }

  async function renew() {
    const refreshToken = kept()?.refreshToken;
    if (!refreshToken) throw signedOut();
    return fetchTokens({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  /**
   * Revoke a refresh token, and the access tokens made with it.
   *
   * Signing out does not wait for this, so it also works without a network. `keepalive` lets the request finish after
   * the page is gone.
   *
   * @param {string} token
   */
  function revoke(token) {
    const body = new URLSearchParams({ token, client_id: clientId });
    request(`${domain}/oauth2/revoke`, { method: 'POST', body, keepalive: true }).catch((error) => {
      if (!(error instanceof UnreachableError)) throw error;
    });
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} query
   */
  function go(path, query) {
    location.assign(`${domain}${path}?${new URLSearchParams(query)}`);
  }

  return {
    renew,

    get user() {
      const idToken = kept()?.idToken;
      return idToken ? toUser(idToken) : null;
    },

    async resume() {
      const answer = new URLSearchParams(location.search);
      if (answer.has('state') && (answer.has('code') || answer.has('error'))) await comeBack(answer);
    },

    async choices() {
      return [{ label: 'Sign in', choose: leaveToSignIn }];
    },

    async token() {
      const idToken = kept()?.idToken;
      if (!idToken) throw new SignedOutError('You are signed out.');
      return expiry(idToken) - MARGIN > Date.now() ? idToken : renew();
    },

    async end() {
      const refreshToken = kept()?.refreshToken;
      sessionStorage.removeItem(TOKENS);
      if (refreshToken) revoke(refreshToken);
      go('/logout', { client_id: clientId, logout_uri: returnUrl });
    },
  };
}

/** @returns {{idToken: string, refreshToken?: string} | null} */
function kept() {
  return JSON.parse(sessionStorage.getItem(TOKENS) ?? 'null');
}

function signedOut() {
  sessionStorage.removeItem(TOKENS);
  return new SignedOutError('Your session has ended.');
}

function secret() {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

/** @param {string} verifier */
async function challenge(verifier) {
  return base64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

/** @param {Uint8Array} bytes */
function base64Url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
