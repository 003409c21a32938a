/**
 * Affiliate links: web addresses that name the affiliate. docs/tracking.md says how they are read.
 *
 * @import { Site } from './configuration.js'
 *
 * @typedef {[name: string, value: string][]} Parameters
 */

/** A text is not the address of a page that an affiliate link can lead to. The message is for the user. */
export class AddressError extends Error {}

/**
 * The address of a page that the user typed or pasted: a path, or a whole address.
 *
 * Throws `AddressError` if it is not on one of the websites.
 *
 * @param {string} text
 * @param {Site} site that a path belongs to
 * @param {Site[]} sites
 */
export function toPage(text, site, sites) {
  const address = parsed(namesHost(text.trim()) ? `//${text.trim()}` : text.trim(), site.url);
  if (!sites.some(({ url }) => website(new URL(url)) === website(address))) {
    const own = website(new URL(site.url));
    throw new AddressError(`${website(address)} is another website. Links to it do not count. Use a page of ${own}.`);
  }
  return address;
}

/**
 * The address of a page of any website that the user typed or pasted. Throws `AddressError`.
 *
 * @param {string} text
 */
export function toAnyPage(text) {
  const written = text.trim();
  return parsed(/^[a-z][a-z\d+.-]*:\D/i.test(written) ? written : `https://${written}`);
}

/**
 * The link to a page with these parameters. Empty ones are left out. The page's own query and fragment stay, except for
 * parameters of the same names.
 *
 * @param {URL} page
 * @param {Parameters} parameters
 */
export function toLink(page, parameters) {
  const added = parameters.filter(([, value]) => value);
  const names = new Set(added.map(([name]) => name));
  const kept = page.search.slice(1).split('&').filter((pair) => pair && !names.has(nameOf(pair)));
  const link = new URL(page);
  link.search = [...kept, ...added.map((pair) => pair.map(encoded).join('='))].join('&');
  return link.href;
}

/**
 * The part of a text that is stored if only its first `limit` bytes are.
 *
 * @param {string} text
 * @param {number} limit
 */
export function firstBytes(text, limit) {
  const bytes = new TextEncoder().encode(text);
  // A stream waits for the rest of a character that was cut in two, and so leaves it out.
  return new TextDecoder().decode(bytes.subarray(0, limit), { stream: true });
}

/**
 * @param {string} text
 * @param {string} [base]
 */
function parsed(text, base) {
  if (!URL.canParse(text, base)) throw new AddressError('This is not the address of a page.');
  const address = new URL(text, base);
  if (!/^https?:$/.test(address.protocol)) throw new AddressError('The address of a page begins with https:// or http://.');
  address.username = address.password = '';
  return address;
}

/**
 * Whether a text is an address without its scheme, such as `shop.example/pricing`. A name that ends in a dot and letters
 * alone may be a page's, such as `about.html`. A path that looks like a host is written with a slash in front.
 *
 * @param {string} text
 */
function namesHost(text) {
  return /^www\./i.test(text) || /^[^/?#:]+(\.[^/?#:]+)+(:\d+)?\//.test(text);
}

/** @param {URL} address */
function website({ host }) {
  return host.replace(/^www\./, '');
}

/**
 * The name in one parameter of a query.
 *
 * @param {string} pair
 */
function nameOf(pair) {
  return [...new URLSearchParams(pair).keys()][0];
}

/**
 * A text, percent-encoded. That includes characters that programs do not take into a link which stands in a text:
 * brackets, an apostrophe, and a full stop at the end.
 *
 * @param {string} text
 */
function encoded(text) {
  const hex = (/** @type {string} */ character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]|\.$/g, hex);
}
