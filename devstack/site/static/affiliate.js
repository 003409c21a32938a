/**
 * Remembers which affiliate sent the visitor, and by which link: those of the last click, for 30 days after it.
 *
 * The affiliate's id and the link's name are kept in two cookies of your own site. Your server reads them when the
 * visitor buys.
 */
const COOKIE = 'affiliate';
const LINK_COOKIE = 'affiliate_link';
const DAYS = 30;
const PARAMETERS = ['ref', 'aff', 'via']; // in this order, as in the setting AFFILIATE_PARAMETERS
const LINK_PARAMETERS = ['sub']; // as in the setting LINK_PARAMETERS
const PRINTABLE = /^(?: |[^\p{C}\p{Z}\uFFFD])+$/u; // U+FFFD stands for bytes that are not UTF-8
const PLACEHOLDER =
  /^(?:undefined|null|NULL|None|NaN|\(null\)|\{.*\}|\[.*\]|<.*>|%.*%|\$\{?\w+\}?)$/; // a template without its value
const MAX_ID = 128; // characters
const MAX_LINK = 256; // characters, so that the cookie stays small

/**
 * The affiliate's id and the link's name, as properties of an event. What is not known is left out.
 *
 * Call this on every page, because a link may lead to any of them.
 *
 * @returns {{ affiliate_id?: string, affiliate_link?: string }}
 */
export function affiliate() {
  const clicked = valuesInAddress(PARAMETERS).find(isAffiliateId);
  if (clicked) {
    const link = firstCharacters(valuesInAddress(LINK_PARAMETERS).find(isText) ?? '', MAX_LINK);
    remember(COOKIE, clicked);
    remember(LINK_COOKIE, link); // a link without a name replaces the earlier link's name too
    return properties(clicked, link);
  }
  return properties(remembered(COOKIE), remembered(LINK_COOKIE));
}

/**
 * @param {string} id
 * @param {string} link
 */
function properties(id, link) {
  if (!isAffiliateId(id)) return {};
  return isText(link) ? { affiliate_id: id, affiliate_link: link } : { affiliate_id: id };
}

/**
 * The values of some parameters in the page's address, in the order of `names`.
 *
 * @param {string[]} names
 */
function valuesInAddress(names) {
  const { search, hash } = location;
  // Websites that route by hash have a query in the hash: /#/pricing?ref=alice
  const queries = [search, hash.includes('?') ? hash.slice(hash.indexOf('?')) : ''];
  return queries
    .map((query) => new URLSearchParams(query))
    .flatMap((query) => names.flatMap((name) => query.getAll(name)))
    .map(trimmed);
}

/**
 * A value without the white space and slashes that links often have at their ends.
 *
 * @param {string} value
 */
function trimmed(value) {
  const text = value.trim();
  let end = text.length;
  while (end && '/ '.includes(text[end - 1])) end -= 1;
  return text.slice(0, end);
}

/** @param {string} text */
function isAffiliateId(text) {
  return isText(text) && firstCharacters(text, MAX_ID) === text;
}

/** @param {string} text */
function isText(text) {
  return PRINTABLE.test(text) && !PLACEHOLDER.test(text);
}

/**
 * @param {string} text
 * @param {number} count
 */
function firstCharacters(text, count) {
  return Array.from(text).slice(0, count).join(''); // not text.slice, which can cut an emoji in two
}

/**
 * @param {string} cookie
 * @param {string} value Empty deletes the cookie.
 */
function remember(cookie, value) {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  const attributes = `Max-Age=${value ? DAYS * 24 * 60 * 60 : 0}; Path=/; SameSite=Lax${secure}`;
  document.cookie = `${cookie}=${encodeURIComponent(value)}; ${attributes}`;
}

/** @param {string} cookie */
function remembered(cookie) {
  const found = document.cookie.split('; ').find((each) => each.startsWith(`${cookie}=`));
  return new URLSearchParams(found).get(cookie) ?? '';
}
