/**
 * The links between the pages, and who is signed in.
 *
 * @import { User } from './session/tokens.js'
 * @import { PageName, View } from './view.js'
 */

import { element, named, part } from './page.js';
import { AFFILIATE_PAGES, OWNER_PAGES, changed, toSearch } from './view.js';

/** @type {Record<PageName, string>} */
const NAMES = {
  figures: 'Overview',
  sales: 'Sales',
  links: 'My link',
  statement: 'Statement',
  affiliates: 'Affiliates',
  balances: 'Balances',
};

/**
 * Show a user's name.
 *
 * @param {User} user
 */
export function showSession(user) {
  part('user').textContent = user.name;
}

/**
 * Show the links to the pages that a user has, and whose page an owner looks at.
 *
 * @param {View} view
 * @param {User} user
 */
export function showPages(view, user) {
  const isVisit = view.affiliate !== '';
  const own = user.isAffiliate || isVisit ? AFFILIATE_PAGES : [];
  const links = [...own, ...(user.isOwner && !isVisit ? OWNER_PAGES : [])].map((page) => link(view, page));
  part('pages').replaceChildren(...links);
  part('banner').hidden = !isVisit;
  const back = element('a', { href: toSearch(changed(view, { page: 'affiliates', affiliate: '', filters: {} })) }, 'All affiliates');
  back.dataset.view = '';
  const title = element('span', {}, 'You see this page as ', element('strong', {}, named(view.affiliate)), ' sees it.');
  part('banner').replaceChildren(title, ' ', back);
  document.title = `${NAMES[view.page]}${isVisit ? ` of ${view.affiliate}` : ''} – Affiliate portal`;
}

/**
 * @param {View} view
 * @param {PageName} page
 */
function link(view, page) {
  const made = element('a', { href: toSearch(changed(view, { page })) }, page === 'links' && view.affiliate ? 'Links' : NAMES[page]);
  made.dataset.view = '';
  if (page === view.page) made.ariaCurrent = 'page';
  return made;
}
