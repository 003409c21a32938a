/**
 * The portal: signing in, the chosen view, and its figures.
 *
 * @import { Answer } from './api.js'
 * @import { Choice } from './cognito.js'
 * @import { Configuration } from './configuration.js'
 * @import { Advice } from './failures.js'
 * @import { View } from './view.js'
 */

import { askFigures } from './api.js';
import { loadConfiguration } from './configuration.js';
import { makeControls, showControls } from './controls.js';
import { toAdvice } from './failures.js';
import { announce, element, flash, part } from './page.js';
import { Refresher } from './refresher.js';
import { Results, cardText, summary } from './results.js';
import { download, toCsv, toTabs } from './spreadsheet.js';
import { SignedOutError } from './tokens.js';
import { changed, readersZone, toSearch, toView } from './view.js';

class Portal {
  /** @type {Configuration} undefined until it is loaded */
  #configuration = /** @type {any} */ (undefined);
  #refresher = new Refresher();
  #results = new Results();
  #view = toView('', readersZone());
  /**
   * The query string of the view that the page shows, or null.
   *
   * @type {string | null}
   */
  #shown = null;
  #request = new AbortController();

  start() {
    makeControls(readersZone(), (change) => this.#go(changed(this.#view, change)));
    addEventListener('popstate', () => this.#configuration && this.#look());
    part('sign-out').addEventListener('click', () => this.#signOut());
    part('longer').addEventListener('click', () => this.#go(changed(this.#view, { window: 'Last365Days' })));
    part('copy').addEventListener('click', () => this.#copy());
    part('download').addEventListener('click', () => this.#download());
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

  /** @param {View} view */
  #go(view) {
    history.pushState(null, '', toSearch(view));
    return this.#look();
  }

  /** Show the view of the page's address. */
  async #look() {
    const { session } = this.#configuration;
    this.#view = toView(location.search, readersZone());
    history.replaceState(null, '', toSearch(this.#view));
    showControls(this.#view);
    if (!session.user) return this.#showChoices('');
    part('user').textContent = session.user;
    arrange('signed-in');
    if (!this.#shown) this.#results.clear();
    part('results').dataset.state = this.#shown ? 'changing' : 'loading';
    return this.#refresh();
  }

  async #refresh() {
    this.#request.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    const { graphqlUrl, session } = this.#configuration;
    const view = this.#view;
    try {
      this.#show(await askFigures(graphqlUrl, session, view, signal), view);
    } catch (error) {
      // An aborted request has been replaced by a newer one, or the user has signed out.
      if (!signal.aborted) await this.#stop(error, () => this.#refresh());
    }
  }

  /**
   * @param {Answer} answer
   * @param {View} view
   */
  #show(answer, view) {
    const before = cardText(view.metric);
    this.#results.show(answer, view);
    const isNews = this.#shown !== toSearch(view) || cardText(view.metric) !== before;
    if (isNews) announce(`${summary(view)}: ${cardText(view.metric)}`);
    this.#shown = toSearch(view);
    part('failure').hidden = true;
    part('results').hidden = false;
    part('results').dataset.state = 'shown';
    this.#refresher.restart(this.#configuration.refreshSeconds, () => this.#refresh());
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
      'start again': () => this.#go(toView('', readersZone())),
    };
    showFailure(advice, actions[advice.action.does]);
    // Older figures of the same view are better than none.
    const areOfUse = advice.isPassing && this.#shown !== null && this.#shown === toSearch(this.#view);
    part('results').hidden = !areOfUse;
    if (!areOfUse) this.#shown = null;
    if (advice.isPassing) this.#refresher.retry(again);
    else this.#refresher.stop();
    return undefined;
  }

  /** @param {string} reason */
  async #showChoices(reason) {
    this.#refresher.stop();
    this.#request.abort();
    this.#shown = null;
    try {
      const choices = await this.#configuration.session.choices();
      part('choices').replaceChildren(...choices.map((each) => this.#choiceButton(each)));
    } catch (error) {
      return this.#stop(error, () => this.#open());
    }
    part('signed-out-reason').textContent = reason;
    arrange('signed-out');
    return announce(reason);
  }

  /** @param {Choice} choice */
  #choiceButton({ label, choose }) {
    const button = element('button', { type: 'button' }, label);
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

  async #copy() {
    if (!this.#shown) return; // the figures are still loading
    try {
      await navigator.clipboard.writeText(toTabs(this.#results.cells));
      flash(part('copy'), 'Copied');
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'NotAllowedError')) throw error;
      flash(part('copy'), 'Your browser blocked copying');
    }
  }

  #download() {
    if (!this.#shown) return; // the figures are still loading
    const { metric, window } = this.#view;
    const day = part('freshness').querySelector('time')?.dateTime.slice(0, 10);
    download(`${metric}-${window}-${day}.csv`, toCsv(this.#results.cells));
  }
}

/**
 * Show the page as it is for signed-in or for signed-out users.
 *
 * @param {'signed-in' | 'signed-out'} face
 */
function arrange(face) {
  part('signed-out').hidden = face !== 'signed-out';
  for (const id of ['account', 'controls', 'results']) part(id).hidden = face !== 'signed-in';
  part('failure').hidden = true;
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

await new Portal().start();
