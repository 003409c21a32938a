/**
 * The settings of the portal: `config.json` next to the page.
 *
 * @typedef {object} Site a website that affiliates link to
 * @property {string} name
 * @property {string} url of its first page
 * @property {string[]} [pages] paths of pages that the link builder offers
 *
 * @typedef {object} Configuration
 * @property {string} graphqlUrl
 * @property {number} refreshSeconds
 * @property {Site[]} sites
 * @property {{affiliate: string, link: string}} linkParameters the parameters of a link that name the affiliate and the link
 * @property {Session} session
 *
 * @import { Session } from './session/cognito.js'
 */

import { chooser } from './session/chooser.js';
import { cognito } from './session/cognito.js';
import { request } from './network.js';

/** @type {Record<string, (settings: any) => Session>} */
const SESSIONS = { cognito, chooser };

const LINK_PARAMETERS = { affiliate: 'ref', link: 'sub' };

/**
 * Read `config.json`; docs/portal.md lists the settings. Throws `ConfigurationError` if it is missing or has a mistake,
 * and the errors of `request`.
 *
 * @returns {Promise<Configuration>}
 */
export async function loadConfiguration() {
  const { graphqlUrl, refreshSeconds = 60, signIn, sites = [], linkParameters = {} } = await read('config.json');
  if (!URL.canParse(graphqlUrl)) throw new ConfigurationError('"graphqlUrl" must be a URL');
  if (!(refreshSeconds >= 1)) throw new ConfigurationError('"refreshSeconds" must be 1 or more');
  if (!Array.isArray(sites) || !sites.every(isSite)) {
    throw new ConfigurationError('"sites" must be a list of {"name", "url", "pages"}, where "pages" may be missing');
  }
  const session = SESSIONS[signIn?.kind];
  if (!session) throw new ConfigurationError(`"signIn.kind" must be one of: ${Object.keys(SESSIONS).join(', ')}`);
  const parameters = { ...LINK_PARAMETERS, ...linkParameters };
  return { graphqlUrl, refreshSeconds, sites, linkParameters: parameters, session: session(signIn) };
}

/** `config.json` is missing or has a mistake. The message says which. */
export class ConfigurationError extends Error {}

/** @param {string} path */
async function read(path) {
  const reply = await request(path, { cache: 'no-cache' });
  if (!reply.ok) throw new ConfigurationError(`the file could not be read: HTTP ${reply.status}`);
  try {
    return JSON.parse(reply.text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ConfigurationError('the file is not valid JSON');
    throw error;
  }
}

/** @param {any} site */
function isSite(site) {
  const { name, url, pages = [] } = site ?? {};
  return typeof name === 'string' && /^https?:/.test(url) && URL.canParse(url) && Array.isArray(pages);
}
