/**
 * The portal: signing in, the chosen view, and asking for what it shows.
 *
 * @import { Ask, Question } from './api.js'
 * @import { Choice } from './session/cognito.js'
 * @import { Configuration } from './configuration.js'
 * @import { Advice } from './failures.js'
 * @import { User } from './session/tokens.js'
 * @import { Change, PageName, View } from './view.js'
 *
 * @typedef {object} Page one page of the portal
 * @property {(view: View) => Question | null} question what to ask for a view; null if the page needs no answer
 * @property {(answer: any, view: View) => string} show puts an answer into the page; returns what a screen reader says
 * @property {() => void} clear empties the page, and shows that it is loading
 *
 * @typedef {object} Context what a page may use
 * @property {(change: Change) => void} go changes the view and the address
 * @property {Ask} ask asks the API in addition, such as for the rest of a list. Rejects with an AbortError if the view changes
 * @property {() => View} view the view now
 * @property {Configuration} configuration
 */

import { ask } from './api.js';
import { loadConfiguration } from './configuration.js';
import { Controls } from './controls.js';
import { toAdvice } from './failures.js';
import { dateIn } from './formats.js';
import { showPages, showSession } from './navigation.js';
import { NotLoadedError } from './network.js';
import { announce, element, part } from './page.js';
import { makePage } from './pages/figures.js';
import { Refresher } from './refresher.js';
import { SignedOutError } from './session/tokens.js';
import { OWNER_PAGES, changed, readersZone, toSearch, toView } from './view.js';

/** The owner's pages read all affiliates, so they are updated less often than others: after this many times the time. */
const RARELY = 10;
/** After this many milliseconds without an answer, the page says that it is still loading. */
const LONG = 4000;

class Portal {
  /** @type {Configuration} undefined until it is loaded */
  #configuration = /** @type {any} */ (undefined);
  #refresher = new Refresher();
  #controls = new Controls((change) => this.#go(change));
  #view = toView('', readersZone());
  /** @type {Map<PageName, {page: Page, place: HTMLElement}>} */
  #pages = new Map();
  /**
   * The query string of the view that the page shows, or null.
   *
   * @type {string | null}
   */
  #shown = null;
  #said = '';
  #request = new AbortController();
  /** Ends what a page asks in addition. A refresh of the same view does not. */
  #visit = new AbortController();

  start() {
    addEventListener('popstate', () => this.#configuration && this.#look());
    part('sign-out').addEventListener('click', () => this.#signOut());
    document.addEventListener('click', (event) => this.#follow(event));
    return this.#open();
  }

  async #open() {
    try {
      this.#configuration = await loadConfiguration();
      await this.#configuration.session.resume();
      await this.#look();
    } catch (error) {
      await this.#stop(error, () => this.#open());
    }
  }

  /** @param {Change} change */
  #go(change) {
    const search = toSearch(changed(this.#view, change));
    if (search !== location.search) history.pushState(null, '', search);
    return this.#look();
  }

  /**
   * Follow a link to a view of this page without loading the page again.
   *
   * @param {MouseEvent} event
   */
  #follow(event) {
    const link = event.target instanceof Element ? event.target.closest('a[data-view]') : null;
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!(link instanceof HTMLAnchorElement) || !isPlain || event.defaultPrevented) return;
    event.preventDefault();
    history.pushState(null, '', link.search);
    scrollTo(0, 0);
    this.#look();
  }

  /** Show the view of the page's address. */
  async #look() {
    const { user } = this.#configuration.session;
    this.#visit.abort();
    this.#visit = new AbortController();
    if (!user) return this.#showChoices('');
    const home = user.isAffiliate || new URLSearchParams(location.search).get('affiliate') ? 'figures' : 'affiliates';
    this.#view = allowed(toView(location.search, readersZone(), home), user);
    history.replaceState(null, '', toSearch(this.#view));
    arrange('signed-in');
    showSession(user);
    showPages(this.#view, user);
    this.#controls.show(this.#view, dateIn(new Date(), this.#view.zone));
    document.body.dataset.page = this.#view.page;
    return this.#refresh();
  }

  async #refresh() {
    this.#request.abort();
    this.#request = new AbortController();
    this.#refresher.stop();
    const { signal } = this.#request;
    const view = this.#view;
    const isOther = this.#shown !== toSearch(view);
    const waiting = isOther ? setTimeout(() => this.#sayWaiting(signal), LONG) : undefined;
    try {
      const page = await this.#page(view.page, signal);
      // While a failure is shown, it stays until there are figures.
      if (isOther && part('failure').hidden) this.#showLoading(page);
      const question = page.question(view);
      const answer = question && (await this.#ask(question, signal));
      signal.throwIfAborted();
      this.#show(page, answer, view);
    } catch (error) {
      // An aborted request has been replaced by a newer one, or the user has signed out.
      if (!signal.aborted) await this.#stop(error, () => this.#refresh());
    } finally {
      clearTimeout(waiting);
    }
  }

  /**
   * The page of this name, which is loaded when it is first shown.
   *
   * @param {PageName} name
   * @param {AbortSignal} signal
   */
  async #page(name, signal) {
    if (!this.#pages.has(name)) {
      const make = await loadPage(name);
      signal.throwIfAborted();
      const place = element('div', { id: `page-${name}`, hidden: true });
      part('place').append(place);
      this.#pages.set(name, { place, page: make(place, this.#context()) });
    }
    const { page } = /** @type {{page: Page}} */ (this.#pages.get(name));
    for (const [each, { place }] of this.#pages) place.hidden = each !== name;
    return page;
  }

  /** @returns {Context} */
  #context() {
    return {
      go: (change) => this.#go(change),
      ask: (question) => this.#ask(question, this.#visit.signal),
      view: () => this.#view,
      configuration: this.#configuration,
    };
  }

  /**
   * @param {Question} question
   * @param {AbortSignal} signal
   */
  #ask(question, signal) {
    const { graphqlUrl, session } = this.#configuration;
    return ask(graphqlUrl, session, question, signal);
  }

  /** @param {Page} page */
  #showLoading(page) {
    const shown = this.#shown === null ? null : toView(this.#shown, this.#view.zone);
    const isSamePage = shown?.page === this.#view.page && shown.affiliate === this.#view.affiliate;
    // Older figures of the same page stay until the new ones are there, so that nothing jumps.
    if (!isSamePage) page.clear();
    setState(isSamePage ? 'changing' : 'loading');
  }

  /** @param {AbortSignal} signal */
  #sayWaiting(signal) {
    if (signal.aborted) return;
    part('waiting').hidden = false;
    announce('Still loading');
  }

  /**
   * @param {Page} page
   * @param {any} answer
   * @param {View} view
   */
  #show(page, answer, view) {
    const said = page.show(answer, view);
    const isNews = this.#shown !== toSearch(view) || said !== this.#said;
    if (isNews) announce(said);
    this.#said = said;
    this.#shown = toSearch(view);
    part('failure').hidden = true;
    setState('shown');
    const { refreshSeconds } = this.#configuration;
    const seconds = OWNER_PAGES.includes(view.page) ? refreshSeconds * RARELY : refreshSeconds;
    this.#refresher.restart(seconds, () => this.#refresh());
  }

  /**
   * Show an error and what the user can do about it: for most errors, `again`.
   *
   * @param {unknown} error
   * @param {() => void} again
   * @returns {Promise<void>}
   */
  async #stop(error, again) {
    if (error instanceof SignedOutError) return this.#showChoices(error.message);
    const advice = toAdvice(error);
    const actions = {
      'retry': again,
      'sign out': () => this.#signOut(),
      'reload': () => location.reload(),
      'start again': () => {
        history.pushState(null, '', location.pathname);
        return this.#look();
      },
    };
    showFailure(advice, actions[advice.action.does]);
    // Older figures of the same view are better than none.
    const areOfUse = advice.isPassing && this.#shown !== null && this.#shown === toSearch(this.#view);
    if (!areOfUse) this.#shown = null;
    setState(areOfUse ? 'shown' : 'failed');
    if (advice.isPassing) this.#refresher.retry(again);
    else this.#refresher.stop();
    return undefined;
  }

  /** @param {string} reason */
  async #showChoices(reason) {
    this.#refresher.stop();
    this.#request.abort();
    this.#visit.abort();
    this.#shown = null;
    // Another user must not see what this one saw.
    for (const { place } of this.#pages.values()) place.remove();
    this.#pages.clear();
    try {
      const choices = await this.#configuration.session.choices();
      const groups = Map.groupBy(choices, ({ group = '' }) => group);
      part('choices').replaceChildren(...[...groups].map(([group, members]) => this.#choiceGroup(group, members)));
    } catch (error) {
      return this.#stop(error, () => this.#open());
    }
    part('signed-out-reason').textContent = reason;
    document.title = 'Affiliate portal';
    arrange('signed-out');
    return announce(reason);
  }

  /**
   * @param {string} group
   * @param {Choice[]} choices
   */
  #choiceGroup(group, choices) {
    const buttons = element('div', { className: 'choices' }, ...choices.map((each) => this.#choiceButton(each)));
    return element('div', { role: 'group', ariaLabel: group || null }, ...(group ? [element('h3', {}, group)] : []), buttons);
  }

  /** @param {Choice} choice */
  #choiceButton({ label, about, choose }) {
    const button = element('button', { type: 'button' }, element('bdi', {}, label));
    if (about) button.append(element('small', {}, about));
    button.addEventListener('click', async () => {
      await choose();
      if (!this.#configuration.session.user) return;
      // The button disappears, so the keyboard focus needs another place.
      part('main').focus();
      await this.#look();
    });
    return button;
  }

  async #signOut() {
    await this.#configuration.session.end();
    await this.#showChoices('You are signed out.');
  }
}

/**
 * A view that a user may have: only the owner sees others' pages. The API holds this too.
 *
 * @param {View} view
 * @param {User} user
 */
function allowed(view, { isOwner }) {
  if (isOwner) return view;
  return changed(view, { affiliate: '', page: OWNER_PAGES.includes(view.page) ? 'figures' : view.page });
}

/**
 * What makes a page.
 *
 * @param {PageName} name
 * @returns {Promise<(place: HTMLElement, context: Context) => Page>}
 */
async function loadPage(name) {
  if (name === 'figures') return makePage;
  try {
    const others = await import('./pages/others.js');
    return others[name];
  } catch (error) {
    if (error instanceof TypeError) throw new NotLoadedError(`${name}: ${error.message}`);
    throw error;
  }
}

/**
 * Show how far the figures are: `loading`, `changing` to another view, `shown` or `failed`.
 *
 * @param {'loading' | 'changing' | 'shown' | 'failed'} state
 */
function setState(state) {
  const place = part('place');
  place.dataset.state = state;
  place.ariaBusy = state === 'loading' || state === 'changing' ? 'true' : 'false';
  place.hidden = state === 'failed';
  part('skeleton').hidden = true;
  part('waiting').hidden = true;
}

/**
 * Show the page as it is for signed-in or for signed-out users.
 *
 * @param {'signed-in' | 'signed-out'} face
 */
function arrange(face) {
  document.body.dataset.face = face;
  part('signed-out').hidden = face !== 'signed-out';
  for (const id of ['account', 'pages', 'controls', 'place', 'about']) part(id).hidden = face !== 'signed-in';
  part('failure').hidden = true;
  if (face === 'signed-out') for (const id of ['banner', 'filters', 'waiting', 'skeleton']) part(id).hidden = true;
}

/**
 * @param {Advice} advice
 * @param {() => void} act
 */
function showFailure({ title, text, action }, act) {
  part('failure-title').textContent = title;
  part('failure-text').textContent = text;
  part('failure-action').textContent = action.label;
  part('failure-action').onclick = act;
  part('failure').hidden = false;
  part('signed-out').hidden = true;
  announce(`${title}. ${text}`);
}

if (!document.documentElement.dataset.problem) await new Portal().start();
