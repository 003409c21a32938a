/**
 * The page "My link": the affiliate's link to each website, and a builder for links to other pages.
 *
 * @import { Site } from '../configuration.js'
 * @import { Context, Page } from '../main.js'
 */

import { AddressError, firstBytes, toAnyPage, toLink, toPage } from '../addresses.js';
import { ofAffiliate } from '../api.js';
import { copy, copyButton } from '../copying.js';
import { element, loadStyles } from '../page.js';

await loadStyles('css/pages.css');

/** Bytes that are stored of a text: `MAX_TEXT` in chalicelib/events.py. */
const LINK_BYTES = 64;
const CAMPAIGN_BYTES = 96;

const CAMPAIGN = 'utm_campaign';

/**
 * @param {HTMLElement} place
 * @param {Context} context
 * @returns {Page}
 */
export function makePage(place, { configuration: { sites, linkParameters } }) {
  const own = new OwnLinks(sites, linkParameters.affiliate);
  const builder = new Builder(sites, linkParameters);
  place.classList.add('links');
  place.replaceChildren(own.panel, builder.form);
  return {
    question: (view) => ofAffiliate(view, 'id'),
    show({ id }) {
      own.show(id);
      builder.show(id);
      return 'Your affiliate link';
    },
    clear() {
      own.clear();
      builder.clear();
    },
  };
}

/** The link to the first page of each website. */
class OwnLinks {
  #sites;
  #parameter;
  #list = element('ul', { className: 'own-links' });
  #shown = '';

  /**
   * @param {Site[]} sites
   * @param {string} parameter
   */
  constructor(sites, parameter) {
    this.#sites = sites;
    this.#parameter = parameter;
    this.panel = element('section', { className: 'panel' });
    const about = sites.length
      ? 'Share it wherever you like. Everyone who comes through it counts as your visitor.'
      : 'The owner of this portal has not said which websites take part. Add this to the address of any page of them:';
    this.panel.append(heading('Your link', about), this.#list);
  }

  /** @param {string} affiliate */
  show(affiliate) {
    if (affiliate === this.#shown) return;
    this.#shown = affiliate;
    const links = this.#sites.map(({ name, url }) => [name, this.#link(url, affiliate)]);
    // Without a website there is only the query that makes a link an affiliate's.
    if (!links.length) links.push(['', new URL(this.#link('https://any.example/', affiliate)).search]);
    this.#list.replaceChildren(...links.map(([name, link]) => ownLink(name, link)));
  }

  clear() {
    this.#shown = '';
    const lines = (this.#sites.length ? this.#sites : ['']).map(() => element('li', { className: 'skeleton' }));
    this.#list.replaceChildren(...lines);
  }

  /**
   * @param {string} url
   * @param {string} affiliate
   */
  #link(url, affiliate) {
    return toLink(new URL(url), [[this.#parameter, affiliate]]);
  }
}

/** Makes a link to any page, with names that tell it apart. */
class Builder {
  #sites;
  #parameters;
  #affiliate = '';
  #site = element('select', { id: 'link-site' });
  #page = element('input', { id: 'link-page', type: 'text', autocomplete: 'off', spellcheck: false, dir: 'ltr' });
  #name = element('input', { id: 'link-name', type: 'text', autocomplete: 'off', dir: 'auto' });
  #campaign = element('input', { id: 'link-campaign', type: 'text', autocomplete: 'off', dir: 'auto' });
  // Not live: a screen reader would read the whole address at each letter.
  #link = element('output', { id: 'link-built', dir: 'ltr', ariaLive: 'off' });
  // It submits, so that the Enter key copies.
  #copy = element('button', { type: 'submit', ariaLabel: 'Copy the link to this page' }, 'Copy');

  /**
   * @param {Site[]} sites
   * @param {{affiliate: string, link: string}} parameters
   */
  constructor(sites, parameters) {
    this.#sites = sites;
    this.#parameters = parameters;
    this.#site.append(...sites.map(({ name }, index) => new Option(name, String(index))));
    this.form = element('form', { className: 'panel builder' }, heading('Link to a page', ABOUT), ...this.#fields());
    this.form.append(this.#result());
    this.form.addEventListener('input', () => this.#build());
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      copy(this.#link.value, this.#copy);
    });
  }

  /** @param {string} affiliate */
  show(affiliate) {
    if (affiliate === this.#affiliate) return;
    this.#affiliate = affiliate;
    this.#build();
  }

  clear() {
    this.#affiliate = '';
    this.#build();
  }

  #fields() {
    const page = this.#sites.length
      ? field('Page', this.#page, 'A path such as /pricing, or the address of a page, copied from your browser.')
      : field('Address of the page', this.#page, 'Copy it from your browser.');
    const pages = element('datalist', { id: 'link-pages' });
    this.#page.setAttribute('list', pages.id);
    return [
      ...(this.#sites.length > 1 ? [field('Website', this.#site, '')] : []),
      page,
      field('Name of this link (optional)', this.#name, 'Such as newsletter. Your figures show each name by itself.'),
      field('Campaign (optional)', this.#campaign, 'Such as summer-sale: for links that belong together.'),
      pages,
    ];
  }

  #result() {
    const label = element('label', { htmlFor: this.#link.id }, 'Your link to this page');
    return element('div', { className: 'result' }, label, this.#link, this.#copy);
  }

  #build() {
    const site = this.#sites[Number(this.#site.value)];
    const offered = (site?.pages ?? []).map((value) => new Option(value, value));
    this.form.querySelector('datalist')?.replaceChildren(...offered);
    warn(this.#name, textProblem(this.#name.value, LINK_BYTES));
    warn(this.#campaign, textProblem(this.#campaign.value, CAMPAIGN_BYTES));
    this.#showLink(site);
  }

  /** @param {Site | undefined} site */
  #showLink(site) {
    const { page, problem } = this.#readPage(site);
    warn(this.#page, problem);
    this.#page.ariaInvalid = problem ? 'true' : null;
    this.#copy.disabled = !page || !this.#affiliate;
    this.#link.value = page && this.#affiliate ? toLink(page, this.#values()) : '';
  }

  /**
   * @param {Site | undefined} site
   * @returns {{page: URL | null, problem: string}}
   */
  #readPage(site) {
    const text = this.#page.value;
    if (!site && !text.trim()) return { page: null, problem: '' };
    try {
      return { page: site ? toPage(text, site, this.#sites) : toAnyPage(text), problem: '' };
    } catch (error) {
      if (error instanceof AddressError) return { page: null, problem: error.message };
      throw error;
    }
  }

  /** @returns {import('../addresses.js').Parameters} */
  #values() {
    const { affiliate, link } = this.#parameters;
    return [
      [affiliate, this.#affiliate],
      [link, this.#name.value.trim()],
      [CAMPAIGN, this.#campaign.value.trim()],
    ];
  }
}

const ABOUT = 'Make a link to any page, and give it a name. Then your figures tell you which link works.';

/**
 * @param {string} name
 * @param {string} link
 */
function ownLink(name, link) {
  const address = element('code', { dir: 'ltr' }, link);
  const title = name ? [element('span', { className: 'name' }, element('bdi', {}, name))] : [];
  return element('li', {}, ...title, address, copyButton(() => link, { ariaLabel: `Copy ${name || link}` }));
}

/**
 * @param {string} title
 * @param {string} about
 */
function heading(title, about) {
  return element('div', { className: 'about' }, element('h2', {}, title), element('p', {}, about));
}

/**
 * A labelled control, with a hint and a place for a warning.
 *
 * @param {string} label
 * @param {HTMLInputElement | HTMLSelectElement} control
 * @param {string} hint
 */
function field(label, control, hint) {
  const problem = element('p', { id: `${control.id}-problem`, className: 'problem', hidden: true, role: 'status' });
  const about = element('p', { id: `${control.id}-hint`, className: 'hint' }, hint);
  control.setAttribute('aria-describedby', `${about.id} ${problem.id}`);
  return element('div', { className: 'field' }, element('label', { htmlFor: control.id }, label), control, about, problem);
}

/**
 * Show or hide the warning of a field.
 *
 * @param {HTMLElement} control
 * @param {string} problem
 */
function warn(control, problem) {
  const place = /** @type {HTMLElement} */ (control.parentElement?.querySelector('.problem'));
  if (place.textContent !== problem) place.textContent = problem;
  place.hidden = !problem;
}

/**
 * What the figures will not show of a name; empty if they show all of it.
 *
 * @param {string} text
 * @param {number} limit
 */
function textProblem(text, limit) {
  const name = text.trim();
  if (/[^\s@]@[^\s@]+\.[^\s@]/.test(name)) return 'Your figures do not show e-mail addresses. Use another name.';
  const shown = firstBytes(name, limit);
  return shown === name ? '' : `This is too long. Your figures will show: ${shown}`;
}
