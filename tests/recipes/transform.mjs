/**
 * Runs the recipes as RudderStack would: without Node's own functions, and with an API that answers as it is told.
 *
 * Reads cases as lines of JSON, and writes for each a line with the delivered event, or the error, and what was asked.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createContext, runInContext } from 'node:vm';

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await outcome(JSON.parse(line))));
}

/** @param {{ path: string, edits: [string, string][], event: object, key: string, answers: Record<string, any[]> }} asked */
async function outcome({ path, edits, event, key, answers }) {
  /** @type {string[]} */
  const requests = [];
  const fetchV2 = async (/** @type {string} */ url, /** @type {any} */ { headers }) => {
    requests.push(url);
    if (headers.Authorization !== `Bearer ${key}`) return { status: 401, body: {} };
    const given = answers[url] ?? [{ status: 404, body: {} }];
    const answer = given.length > 1 ? given.shift() : given[0];
    if (answer === null) throw new Error('connect ETIMEDOUT');
    return structuredClone(answer);
  };
  const source = edits.reduce((text, [from, to]) => text.replace(from, to), readFileSync(path, 'utf8'));
  const sandbox = createContext({ fetchV2, getCredential: () => key || undefined });
  const transform = runInContext(`'use strict'; ${source.replace('export async', 'async')}; transformEvent`, sandbox);
  try {
    return { event: (await transform(event)) ?? null, requests };
  } catch (error) {
    return { error: String(error), requests };
  }
}
