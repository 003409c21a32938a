/**
 * The settings of the portal: `config.json` next to the page.
 *
 * @typedef {{graphqlUrl: string, refreshSeconds: number, session: Session}} Configuration
 *
 * @import { Session } from './cognito.js'
 */

import { cognito } from './cognito.js';
import { chooser } from './chooser.js';
import { request } from './network.js';

/** @type {Record<string, (settings: any) => Session>} */
const SESSIONS = { cognito, chooser };

/**
 * Read `config.json`; docs/portal.md lists the settings. Throws `ConfigurationError` if it is missing or has a mistake,
 * and `UnreachableError`.
 *
 * @returns {Promise<Configuration>}
 */
export async function loadConfiguration() {
  const { graphqlUrl, refreshSeconds = 60, signIn } = await read('config.json');
  if (!URL.canParse(graphqlUrl)) throw new ConfigurationError('"graphqlUrl" must be a URL');
  if (!(refreshSeconds >= 1)) throw new ConfigurationError('"refreshSeconds" must be 1 or more');
  const session = SESSIONS[signIn?.kind];
  if (!session) throw new ConfigurationError(`"signIn.kind" must be one of: ${Object.keys(SESSIONS).join(', ')}`);
  return { graphqlUrl, refreshSeconds, session: session(signIn) };
}

/** `config.json` is missing or has a mistake. The message says which. */
export class ConfigurationError extends Error {}

/** @param {string} path */
async function read(path) {
  try {
    const response = await request(path, { cache: 'no-cache' });
    if (!response.ok) throw new ConfigurationError(`the file could not be read: HTTP ${response.status}`);
    return await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) throw new ConfigurationError('the file is not valid JSON');
    throw error;
  }
}
