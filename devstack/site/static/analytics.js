/** Sends a page view to RudderStack, with the affiliate who sent the visitor. */
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled';
import { affiliate } from './affiliate.js';

const { writeKey = '', dataPlane = '' } = document.body.dataset;
const rudderanalytics = new RudderAnalytics();
rudderanalytics.load(writeKey, dataPlane, { configUrl: dataPlane, sendAdblockPage: true });

rudderanalytics.page(affiliate());
