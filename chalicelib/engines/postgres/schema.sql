-- The schema, as Aurora DSQL takes it: `migrations.py` runs it, statement by statement, at every deployment.
-- Every statement can be repeated, so a change is a new statement at the end. DSQL adds a column only without
-- NOT NULL or DEFAULT, and cannot change a primary key: https://docs.aws.amazon.com/aurora-dsql/

CREATE SCHEMA IF NOT EXISTS analytics;

-- An event is one row, whatever its time: the first delivery counts.
CREATE TABLE IF NOT EXISTS analytics.page_views (
  affiliate_id text NOT NULL,
  event_id text NOT NULL,
  time timestamptz NOT NULL,
  website text NOT NULL,
  visitor_id text NOT NULL,
  path text,
  referrer text,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  country text,
  device text,
  PRIMARY KEY (affiliate_id, event_id)
);

-- `entry_key` is a hash of website, currency, order_id, entry and entry_id, which know an entry: together they
-- would be longer than the 1 KiB that DSQL allows a key. Of an entry known at two times, the earlier is kept.
CREATE TABLE IF NOT EXISTS analytics.order_entries (
  affiliate_id text NOT NULL,
  entry_key text NOT NULL,
  time timestamptz NOT NULL,
  website text NOT NULL,
  currency text NOT NULL,
  order_id text NOT NULL,
  entry text NOT NULL,
  entry_id text NOT NULL,
  micros bigint NOT NULL,
  PRIMARY KEY (affiliate_id, entry_key)
);

CREATE TABLE IF NOT EXISTS analytics.payouts (
  affiliate_id text NOT NULL,
  currency text NOT NULL,
  payout_id text NOT NULL,
  time timestamptz NOT NULL,
  micros bigint NOT NULL,
  PRIMARY KEY (affiliate_id, currency, payout_id)
);

-- `click` is null in the rows of a version that knew no clicks, until their events are ingested again.
ALTER TABLE analytics.page_views ADD COLUMN click boolean;

ALTER TABLE analytics.page_views ADD COLUMN link text;

-- `revenue_time` is that of the report which told the revenue: the earliest one that did.
ALTER TABLE analytics.order_entries ADD COLUMN revenue bigint;

ALTER TABLE analytics.order_entries ADD COLUMN revenue_time timestamptz;

ALTER TABLE analytics.order_entries ADD COLUMN link text;

ALTER TABLE analytics.order_entries ADD COLUMN coupon text;

-- All that the charts read, so that no row is read for them. Without it, a question about a day would read an
-- affiliate's whole life. An index of DSQL has at most 8 columns, and PostgreSQL counts those that are included.
CREATE INDEX ASYNC IF NOT EXISTS page_views_clicks
  ON analytics.page_views (affiliate_id, time) INCLUDE (website, visitor_id, click, link);

CREATE INDEX ASYNC IF NOT EXISTS order_entries_revenue
  ON analytics.order_entries (affiliate_id, time) INCLUDE (website, currency, micros, revenue, link, entry);
