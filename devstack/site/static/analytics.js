/** Tells RudderStack of the page, and of the affiliate whose visitor is looking at it. */
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled';
import { affiliateId } from './affiliate.js';

const { writeKey = '', dataPlane = '' } = document.body.dataset;
const rudderanalytics = new RudderAnalytics();
rudderanalytics.load(writeKey, dataPlane, { configUrl: dataPlane, sendAdblockPage: true });

const affiliate = affiliateId();
rudderanalytics.page(affiliate ? { affiliate_id: affiliate } : {});
