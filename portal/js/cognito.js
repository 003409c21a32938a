/**
 * Signing in with a Cognito user pool's own pages: the authorization code grant with PKCE, RFC 7636.
 *
 * https://docs.aws.amazon.com/cognito/latest/developerguide/using-pkce-in-authorization-code.html
 */

import { UnreachableError, request } from './network.js';
import { SignedOutError, expiry, userName } from './tokens.js';

const TOKENS = 'portal.tokens';
const PENDING = 'portal.sign-in';
/** Milliseconds before its end that a token is renewed: on its way to the API it must not run out. */
const MARGIN = 60_000;

/**
 * A session:
 *
 *     user        who is signed in, or null
 *     resume()    take up what there is when the page opens, which may be the way back from Cognito
 *     choices()   the ways to sign in: [{label, choose()}]
 *     token()     an ID token that is good for now
 *     renew()     another ID token, since the API refused the last
 *     end()       sign out
 *
 * `resume`, `token` and `renew` throw `SignedOutError`, and `UnreachableError`, as `choices` may. Tokens are kept for the tab alone, and go with it.
 */
export function cognito({ domain, clientId, scopes = ['openid'] }) {
  // Cognito compares it, letter by letter, with those that the app client allows.
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

  async function comeBack(answer) {
    const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? 'null');
    sessionStorage.removeItem(PENDING);
    // A code works once: out of the address, so that nobody reloads, bookmarks or shares it.
    history.replaceState(null, '', location.pathname + (pending?.search ?? ''));
    if (pending?.state !== answer.get('state')) throw new SignedOutError('This sign-in was not started here. Please try again.');
    if (answer.has('error')) throw new SignedOutError(answer.get('error_description') ?? 'The sign-in did not finish. Please try again.');
    await fetchTokens({
      grant_type: 'authorization_code',
      code: answer.get('code'),
      redirect_uri: returnUrl,
      code_verifier: pending.verifier,
    });
  }

  async function fetchTokens(grant) {
    const body = new URLSearchParams({ ...grant, client_id: clientId });
    const response = await request(`${domain}/oauth2/token`, { method: 'POST', body });
    if (response.status >= 500) throw new UnreachableError(`Cognito answered ${response.status}`);
    if (!response.ok) throw signedOut();
    const { id_token: idToken, refresh_token: refreshToken = kept()?.refreshToken } = await response.json();
    sessionStorage.setItem(TOKENS, JSON.stringify({ idToken, refreshToken }));
    return idToken;
  }

  async function renew() {
    const refreshToken = kept()?.refreshToken;
    if (!refreshToken) throw signedOut();
    return fetchTokens({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  /**
   * Let the refresh token, and the access tokens that came of it, be good for nothing.
   *
   * `keepalive` lets the request outlive the page, which does not wait: whoever signs out without a network is
   * signed out here all the same.
   */
  function revoke(token) {
    const body = new URLSearchParams({ token, client_id: clientId });
    request(`${domain}/oauth2/revoke`, { method: 'POST', body, keepalive: true }).catch((error) => {
      if (!(error instanceof UnreachableError)) throw error;
    });
  }

  function go(path, query) {
    location.assign(`${domain}${path}?${new URLSearchParams(query)}`);
  }

  return {
    renew,

    get user() {
      const idToken = kept()?.idToken;
      return idToken ? userName(idToken) : null;
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

async function challenge(verifier) {
  return base64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

function base64Url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
