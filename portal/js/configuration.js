/** The page's settings: `config.json` next to it. */

import { cognito } from './cognito.js';
import { chooser } from './chooser.js';
import { request } from './network.js';

const SESSIONS = { cognito, chooser };

/**
 * `{graphqlUrl, refreshSeconds, session}`, from `config.json`; docs/portal.md lists what may be in it. Throws
 * `ConfigurationError` where it is not there or makes no sense, and `UnreachableError`.
 */
export async function loadConfiguration() {
  const { graphqlUrl, refreshSeconds = 60, signIn } = await read('config.json');
  if (!URL.canParse(graphqlUrl)) throw new ConfigurationError('"graphqlUrl" must be a URL');
  if (!(refreshSeconds >= 1)) throw new ConfigurationError('"refreshSeconds" must be 1 or more');
  const session = SESSIONS[signIn?.kind];
  if (!session) throw new ConfigurationError(`"signIn.kind" must be one of: ${Object.keys(SESSIONS).join(', ')}`);
  return { graphqlUrl, refreshSeconds, session: session(signIn) };
}

/** Whoever put the page there has to look at `config.json`. */
export class ConfigurationError extends Error {}

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
