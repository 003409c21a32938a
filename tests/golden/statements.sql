WITH counted AS (
SELECT website, count(*) AS value, date_trunc('hour', time) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY website, date_trunc('hour', time)
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-03-29 01:00:00' THEN time + 3600s WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-23 23:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY website, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-03-29 01:00:00' THEN time + 3600s WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END)
UNION ALL
SELECT website, count(*) AS value, CAST(NULL AS timestamp) AS label, 3 AS part
FROM (
SELECT website AS website, min(time) AS time
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2024-11-23 23:00:00' AND time < TIMESTAMP '2025-11-23 12:34:00'
GROUP BY website, event_id
) AS viewed
GROUP BY website
),
sized AS (
SELECT website, value, label, part, sum(CASE WHEN part = 0 THEN value ELSE 0 END) OVER (PARTITION BY website) AS size,
  sum(CASE WHEN part > 0 THEN value ELSE 0 END) OVER (PARTITION BY website) AS before
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, before DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('hour', time + 2700s) - 2700s AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time, max(link) AS link
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-21 18:15:00' AND time < TIMESTAMP '2026-11-22 18:15:00'
GROUP BY website, event_id
) AS viewed
WHERE link = 'al''ice "{x}" %s'
GROUP BY website, date_trunc('hour', time + 2700s) - 2700s
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('day', time + 39600s) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-31 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, event_id
) AS viewed
WHERE website IS NULL
GROUP BY website, date_trunc('day', time + 39600s)
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('day', time) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-12-01 00:00:00' AND time < TIMESTAMP '2026-03-01 00:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY website, date_trunc('day', time)
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('hour', time) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY visitor_id, website, date_trunc('hour', time)
),
numbered AS (
SELECT website, visitor_id, label, part,
  dense_rank() OVER (PARTITION BY website, part ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, part, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, part, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
WHERE part = 0
GROUP BY website, label, part
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank, part + 1 AS part
FROM shown
GROUP BY website, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank, part + 2 AS part
FROM shown
GROUP BY part
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time + 20700s) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-23 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
GROUP BY website, event_id
) AS viewed
GROUP BY visitor_id, website, date_trunc('day', time + 20700s)
UNION ALL
SELECT website, visitor_id, CAST(NULL AS timestamp) AS label, 2 AS part
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2024-11-23 18:15:00' AND time < TIMESTAMP '2025-11-23 12:34:00'
GROUP BY website, event_id
) AS viewed
GROUP BY visitor_id, website
),
numbered AS (
SELECT website, visitor_id, label, part,
  dense_rank() OVER (PARTITION BY website, part ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, part, max(CASE WHEN part = 0 THEN number ELSE 0 END) OVER (PARTITION BY website) AS size,
  max(CASE WHEN part > 0 THEN number ELSE 0 END) OVER (PARTITION BY website) AS before
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, part, dense_rank() OVER (ORDER BY size DESC, before DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS website, visitor_id, label, part, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
WHERE part = 0
GROUP BY website, label, part
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank, part + 1 AS part
FROM shown
GROUP BY website, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank, part + 2 AS part
FROM shown
GROUP BY part
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('hour', time) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(link) AS link
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-21 13:00:00' AND time < TIMESTAMP '2026-11-22 13:00:00'
GROUP BY website, event_id
) AS viewed
WHERE link = 'al''ice "{x}" %s'
GROUP BY visitor_id, website, date_trunc('hour', time)
),
numbered AS (
SELECT website, visitor_id, label, part,
  dense_rank() OVER (PARTITION BY website, part ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, part, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, part, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
WHERE part = 0
GROUP BY website, label, part
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank, part + 1 AS part
FROM shown
GROUP BY website, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank, part + 2 AS part
FROM shown
GROUP BY part
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
WHERE website IS NULL
GROUP BY visitor_id, website, date_trunc('day', time)
),
numbered AS (
SELECT website, visitor_id, label, part,
  dense_rank() OVER (PARTITION BY website, part ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, part, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, part, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
WHERE part = 0
GROUP BY website, label, part
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank, part + 1 AS part
FROM shown
GROUP BY website, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank, part + 2 AS part
FROM shown
GROUP BY part
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time + 3600s) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-30 23:00:00' AND time < TIMESTAMP '2026-02-28 23:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY visitor_id, website, date_trunc('day', time + 3600s)
),
numbered AS (
SELECT website, visitor_id, label, part,
  dense_rank() OVER (PARTITION BY website, part ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, part, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, part, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
WHERE part = 0
GROUP BY website, label, part
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank, part + 1 AS part
FROM shown
GROUP BY website, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank, part + 2 AS part
FROM shown
GROUP BY part
;
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', time + 2700s) - 2700s AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-10-22 13:15:00' AND time < TIMESTAMP '2026-11-23 13:15:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-22 13:15:00'
GROUP BY website, currency, date_trunc('hour', time + 2700s) - 2700s
),
sized AS (
SELECT website, currency, value, label, part, sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label, part,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, part, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website,
  currency, value, label, part, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, currency, label, part
;
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-04-04 15:00:00' THEN time + 39600s WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2025-10-23 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2025-11-23 13:00:00'
GROUP BY website, currency, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-04-04 15:00:00' THEN time + 39600s WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END)
UNION ALL
SELECT website, currency, sum(micros) AS value, CAST(NULL AS timestamp) AS label, 3 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2024-10-23 13:00:00' AND time < TIMESTAMP '2025-11-23 12:34:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2024-11-23 13:00:00'
GROUP BY website, currency
),
sized AS (
SELECT website, currency, value, label, part, sum(CASE WHEN part = 0 THEN value ELSE 0 END) OVER (PARTITION BY website, currency) AS size,
  sum(CASE WHEN part > 0 THEN value ELSE 0 END) OVER (PARTITION BY website, currency) AS before,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label, part,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, abs(before) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, part, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 21 - currencies OR max(place) OVER () <= 21 THEN website END AS website,
  currency, value, label, part, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, currency, label, part
;
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', time) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  min(link) OVER (PARTITION BY website, currency, order_id, entry, entry_id) AS link,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-10-22 00:00:00' AND time < TIMESTAMP '2026-11-23 00:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-22 00:00:00'
  AND link = 'al''ice "{x}" %s'
GROUP BY website, currency, date_trunc('hour', time)
),
sized AS (
SELECT website, currency, value, label, part, sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label, part,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, part, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website,
  currency, value, label, part, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, currency, label, part
;
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time + 3600s) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-09-30 23:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-10-31 23:00:00'
  AND website IS NULL
GROUP BY website, currency, date_trunc('day', time + 3600s)
),
sized AS (
SELECT website, currency, value, label, part, sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label, part,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, part, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website,
  currency, value, label, part, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, currency, label, part
;
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time + 20700s) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2025-10-30 18:15:00' AND time < TIMESTAMP '2026-02-28 18:15:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2025-11-30 18:15:00'
GROUP BY website, currency, date_trunc('day', time + 20700s)
),
sized AS (
SELECT website, currency, value, label, part, sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label, part,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, part, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website,
  currency, value, label, part, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, currency, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('hour', time) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, event_id
) AS viewed
WHERE click = 'true'
GROUP BY website, date_trunc('hour', time)
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('day', time) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-24 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
WHERE click = 'true'
GROUP BY website, date_trunc('day', time)
UNION ALL
SELECT website, count(*) AS value, CAST(NULL AS timestamp) AS label, 3 AS part
FROM (
SELECT website AS website, min(time) AS time, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2024-11-24 00:00:00' AND time < TIMESTAMP '2025-11-23 12:34:00'
GROUP BY website, event_id
) AS viewed
WHERE click = 'true'
GROUP BY website
),
sized AS (
SELECT website, value, label, part, sum(CASE WHEN part = 0 THEN value ELSE 0 END) OVER (PARTITION BY website) AS size,
  sum(CASE WHEN part > 0 THEN value ELSE 0 END) OVER (PARTITION BY website) AS before
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, before DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('hour', time) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time, max(click) AS click, max(link) AS link
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-21 23:00:00' AND time < TIMESTAMP '2026-11-22 23:00:00'
GROUP BY website, event_id
) AS viewed
WHERE link = 'al''ice "{x}" %s' AND click = 'true'
GROUP BY website, date_trunc('hour', time)
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('day', time + 20700s) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-31 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
GROUP BY website, event_id
) AS viewed
WHERE website IS NULL AND click = 'true'
GROUP BY website, date_trunc('day', time + 20700s)
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('day', time + 39600s) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-30 13:00:00' AND time < TIMESTAMP '2026-02-28 13:00:00'
GROUP BY website, event_id
) AS viewed
WHERE click = 'true'
GROUP BY website, date_trunc('day', time + 39600s)
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('hour', time) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-10-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-22 13:00:00'
  AND entry = 'sale'
GROUP BY website, date_trunc('hour', time)
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-03-29 01:00:00' THEN time + 3600s WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2025-10-23 23:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2025-11-23 23:00:00'
  AND entry = 'sale'
GROUP BY website, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-03-29 01:00:00' THEN time + 3600s WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END)
UNION ALL
SELECT website, count(*) AS value, CAST(NULL AS timestamp) AS label, 3 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2024-10-23 23:00:00' AND time < TIMESTAMP '2025-11-23 12:34:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2024-11-23 23:00:00'
  AND entry = 'sale'
GROUP BY website
),
sized AS (
SELECT website, value, label, part, sum(CASE WHEN part = 0 THEN value ELSE 0 END) OVER (PARTITION BY website) AS size,
  sum(CASE WHEN part > 0 THEN value ELSE 0 END) OVER (PARTITION BY website) AS before
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, before DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('hour', time + 2700s) - 2700s AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  min(link) OVER (PARTITION BY website, currency, order_id, entry, entry_id) AS link,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-10-21 18:15:00' AND time < TIMESTAMP '2026-11-22 18:15:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-21 18:15:00'
  AND link = 'al''ice "{x}" %s'
  AND entry = 'sale'
GROUP BY website, date_trunc('hour', time + 2700s) - 2700s
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('day', time + 39600s) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-09-30 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-10-31 13:00:00'
  AND website IS NULL
  AND entry = 'sale'
GROUP BY website, date_trunc('day', time + 39600s)
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('day', time) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2025-10-31 00:00:00' AND time < TIMESTAMP '2026-03-01 00:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2025-12-01 00:00:00'
  AND entry = 'sale'
GROUP BY website, date_trunc('day', time)
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part
;
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', time) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'revenue'
  AND time >= TIMESTAMP '2026-10-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-22 13:00:00'
GROUP BY website, currency, date_trunc('hour', time)
),
sized AS (
SELECT website, currency, value, label, part, sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label, part,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, part, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website,
  currency, value, label, part, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, currency, label, part
;
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time + 20700s) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'revenue'
  AND time >= TIMESTAMP '2025-10-23 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2025-11-23 18:15:00'
GROUP BY website, currency, date_trunc('day', time + 20700s)
UNION ALL
SELECT website, currency, sum(micros) AS value, CAST(NULL AS timestamp) AS label, 3 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'revenue'
  AND time >= TIMESTAMP '2024-10-23 18:15:00' AND time < TIMESTAMP '2025-11-23 12:34:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2024-11-23 18:15:00'
GROUP BY website, currency
),
sized AS (
SELECT website, currency, value, label, part, sum(CASE WHEN part = 0 THEN value ELSE 0 END) OVER (PARTITION BY website, currency) AS size,
  sum(CASE WHEN part > 0 THEN value ELSE 0 END) OVER (PARTITION BY website, currency) AS before,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label, part,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, abs(before) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, part, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 21 - currencies OR max(place) OVER () <= 21 THEN website END AS website,
  currency, value, label, part, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, currency, label, part
;
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', time) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  min(link) OVER (PARTITION BY website, currency, order_id, entry, entry_id) AS link,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'revenue'
  AND time >= TIMESTAMP '2026-10-21 13:00:00' AND time < TIMESTAMP '2026-11-22 13:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-21 13:00:00'
  AND link = 'al''ice "{x}" %s'
GROUP BY website, currency, date_trunc('hour', time)
),
sized AS (
SELECT website, currency, value, label, part, sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label, part,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, part, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website,
  currency, value, label, part, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, currency, label, part
;
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'revenue'
  AND time >= TIMESTAMP '2026-10-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-01 00:00:00'
  AND website IS NULL
GROUP BY website, currency, date_trunc('day', time)
),
sized AS (
SELECT website, currency, value, label, part, sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label, part,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, part, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website,
  currency, value, label, part, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, currency, label, part
;
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time + 3600s) AS label, 0 AS part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'revenue'
  AND time >= TIMESTAMP '2025-10-30 23:00:00' AND time < TIMESTAMP '2026-02-28 23:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2025-11-30 23:00:00'
GROUP BY website, currency, date_trunc('day', time + 3600s)
),
sized AS (
SELECT website, currency, value, label, part, sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label, part,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, part, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website,
  currency, value, label, part, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, currency, label, part
;
WITH counted AS (
SELECT website AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY website
UNION ALL
SELECT website AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  sum(CASE WHEN entry = 'sale' THEN 1 ELSE 0 END) AS orders, sum(micros) AS commissions, 0 AS revenue
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2025-12-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-01-01 00:00:00'
GROUP BY website, currency
UNION ALL
SELECT website AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  0 AS orders, 0 AS commissions, sum(micros) AS revenue
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'revenue'
  AND time >= TIMESTAMP '2025-12-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-01-01 00:00:00'
GROUP BY website, currency
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
;
WITH counted AS (
SELECT website AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 18:15:00' AND time < TIMESTAMP '2026-10-31 18:15:00'
GROUP BY website, event_id
) AS viewed
WHERE website = 'al''ice "{x}" %s'
GROUP BY website
UNION ALL
SELECT website AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  sum(CASE WHEN entry = 'sale' THEN 1 ELSE 0 END) AS orders, sum(micros) AS commissions, 0 AS revenue
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-08-30 18:15:00' AND time < TIMESTAMP '2026-10-31 18:15:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-09-30 18:15:00'
  AND website = 'al''ice "{x}" %s'
GROUP BY website, currency
UNION ALL
SELECT website AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  0 AS orders, 0 AS commissions, sum(micros) AS revenue
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'revenue'
  AND time >= TIMESTAMP '2026-08-30 18:15:00' AND time < TIMESTAMP '2026-10-31 18:15:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-09-30 18:15:00'
  AND website = 'al''ice "{x}" %s'
GROUP BY website, currency
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 18:15:00' AND time < TIMESTAMP '2026-10-31 18:15:00'
GROUP BY website, event_id
) AS viewed
WHERE website = 'al''ice "{x}" %s'
;
WITH counted AS (
SELECT link AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(link) AS link, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY link
UNION ALL
SELECT link AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  sum(CASE WHEN entry = 'sale' THEN 1 ELSE 0 END) AS orders, sum(micros) AS commissions, 0 AS revenue
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  min(link) OVER (PARTITION BY website, currency, order_id, entry, entry_id) AS link,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2025-12-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-01-01 00:00:00'
GROUP BY link, currency
UNION ALL
SELECT link AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  0 AS orders, 0 AS commissions, sum(micros) AS revenue
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  min(link) OVER (PARTITION BY website, currency, order_id, entry, entry_id) AS link,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'revenue'
  AND time >= TIMESTAMP '2025-12-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-01-01 00:00:00'
GROUP BY link, currency
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
;
WITH counted AS (
SELECT link AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(link) AS link, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 13:30:00' AND time < TIMESTAMP '2026-10-31 13:00:00'
GROUP BY website, event_id
) AS viewed
WHERE link = 'al''ice "{x}" %s'
GROUP BY link
UNION ALL
SELECT link AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  sum(CASE WHEN entry = 'sale' THEN 1 ELSE 0 END) AS orders, sum(micros) AS commissions, 0 AS revenue
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  min(link) OVER (PARTITION BY website, currency, order_id, entry, entry_id) AS link,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-08-30 13:30:00' AND time < TIMESTAMP '2026-10-31 13:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-09-30 13:30:00'
  AND link = 'al''ice "{x}" %s'
GROUP BY link, currency
UNION ALL
SELECT link AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  0 AS orders, 0 AS commissions, sum(micros) AS revenue
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  min(link) OVER (PARTITION BY website, currency, order_id, entry, entry_id) AS link,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'revenue'
  AND time >= TIMESTAMP '2026-08-30 13:30:00' AND time < TIMESTAMP '2026-10-31 13:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-09-30 13:30:00'
  AND link = 'al''ice "{x}" %s'
GROUP BY link, currency
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(link) AS link
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 13:30:00' AND time < TIMESTAMP '2026-10-31 13:00:00'
GROUP BY website, event_id
) AS viewed
WHERE link = 'al''ice "{x}" %s'
;
WITH counted AS (
SELECT path AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(path) AS path, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
WHERE click = 'true'
GROUP BY path
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
WHERE click = 'true'
;
WITH counted AS (
SELECT path AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(path) AS path, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-01 00:00:00' AND time < TIMESTAMP '2026-11-01 00:00:00'
GROUP BY website, event_id
) AS viewed
WHERE path = 'al''ice "{x}" %s' AND click = 'true'
GROUP BY path
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(click) AS click, max(path) AS path
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-01 00:00:00' AND time < TIMESTAMP '2026-11-01 00:00:00'
GROUP BY website, event_id
) AS viewed
WHERE path = 'al''ice "{x}" %s' AND click = 'true'
;
WITH counted AS (
SELECT path AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(path) AS path, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY path
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
;
WITH counted AS (
SELECT path AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(path) AS path, max(visitor_id) AS visitor_id, max(click) AS click, max(referrer) AS referrer
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 22:00:00' AND time < TIMESTAMP '2026-10-31 23:00:00'
GROUP BY website, event_id
) AS viewed
WHERE referrer = 'al''ice "{x}" %s'
GROUP BY path
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(referrer) AS referrer
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 22:00:00' AND time < TIMESTAMP '2026-10-31 23:00:00'
GROUP BY website, event_id
) AS viewed
WHERE referrer = 'al''ice "{x}" %s'
;
WITH counted AS (
SELECT referrer AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(referrer) AS referrer, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY referrer
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
;
WITH counted AS (
SELECT referrer AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(referrer) AS referrer, max(visitor_id) AS visitor_id, max(click) AS click, max(utm_source) AS utm_source
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 18:15:00' AND time < TIMESTAMP '2026-10-31 18:15:00'
GROUP BY website, event_id
) AS viewed
WHERE utm_source = 'al''ice "{x}" %s'
GROUP BY referrer
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(utm_source) AS utm_source
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 18:15:00' AND time < TIMESTAMP '2026-10-31 18:15:00'
GROUP BY website, event_id
) AS viewed
WHERE utm_source = 'al''ice "{x}" %s'
;
WITH counted AS (
SELECT utm_source AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(utm_source) AS utm_source, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY utm_source
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
;
WITH counted AS (
SELECT utm_source AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(utm_source) AS utm_source, max(visitor_id) AS visitor_id, max(click) AS click, max(utm_medium) AS utm_medium
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 13:30:00' AND time < TIMESTAMP '2026-10-31 13:00:00'
GROUP BY website, event_id
) AS viewed
WHERE utm_medium = 'al''ice "{x}" %s'
GROUP BY utm_source
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(utm_medium) AS utm_medium
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 13:30:00' AND time < TIMESTAMP '2026-10-31 13:00:00'
GROUP BY website, event_id
) AS viewed
WHERE utm_medium = 'al''ice "{x}" %s'
;
WITH counted AS (
SELECT utm_medium AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(utm_medium) AS utm_medium, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY utm_medium
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
;
WITH counted AS (
SELECT utm_medium AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(utm_medium) AS utm_medium, max(visitor_id) AS visitor_id, max(click) AS click, max(utm_campaign) AS utm_campaign
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-01 00:00:00' AND time < TIMESTAMP '2026-11-01 00:00:00'
GROUP BY website, event_id
) AS viewed
WHERE utm_campaign = 'al''ice "{x}" %s'
GROUP BY utm_medium
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(utm_campaign) AS utm_campaign
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-01 00:00:00' AND time < TIMESTAMP '2026-11-01 00:00:00'
GROUP BY website, event_id
) AS viewed
WHERE utm_campaign = 'al''ice "{x}" %s'
;
WITH counted AS (
SELECT utm_campaign AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(utm_campaign) AS utm_campaign, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY utm_campaign
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
;
WITH counted AS (
SELECT utm_campaign AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(utm_campaign) AS utm_campaign, max(visitor_id) AS visitor_id, max(click) AS click, max(country) AS country
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 22:00:00' AND time < TIMESTAMP '2026-10-31 23:00:00'
GROUP BY website, event_id
) AS viewed
WHERE country = 'al''ice "{x}" %s'
GROUP BY utm_campaign
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(country) AS country
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 22:00:00' AND time < TIMESTAMP '2026-10-31 23:00:00'
GROUP BY website, event_id
) AS viewed
WHERE country = 'al''ice "{x}" %s'
;
WITH counted AS (
SELECT country AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(country) AS country, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY country
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
;
WITH counted AS (
SELECT country AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(country) AS country, max(visitor_id) AS visitor_id, max(click) AS click, max(device) AS device
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 18:15:00' AND time < TIMESTAMP '2026-10-31 18:15:00'
GROUP BY website, event_id
) AS viewed
WHERE device = 'al''ice "{x}" %s'
GROUP BY country
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(device) AS device
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 18:15:00' AND time < TIMESTAMP '2026-10-31 18:15:00'
GROUP BY website, event_id
) AS viewed
WHERE device = 'al''ice "{x}" %s'
;
WITH counted AS (
SELECT device AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(device) AS device, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY device
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
;
WITH counted AS (
SELECT device AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM (
SELECT website AS website, min(time) AS time, max(device) AS device, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 13:30:00' AND time < TIMESTAMP '2026-10-31 13:00:00'
GROUP BY website, event_id
) AS viewed
WHERE website = 'al''ice "{x}" %s'
GROUP BY device
),
sized AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue,
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, max(place) OVER () AS places
FROM placed
)
SELECT name, currency, page_views, visitors, clicks, orders, commissions, revenue, place, places
FROM numbered
WHERE place <= 20
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-09-30 13:30:00' AND time < TIMESTAMP '2026-10-31 13:00:00'
GROUP BY website, event_id
) AS viewed
WHERE website = 'al''ice "{x}" %s'
;
WITH reported AS (
SELECT website, currency, order_id, entry, entry_id, link, coupon, time,
  micros AS micros
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  min(link) OVER (PARTITION BY website, currency, order_id, entry, entry_id) AS link,
  min(coupon) OVER (PARTITION BY website, currency, order_id, entry, entry_id) AS coupon,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-08-31 00:00:00' AND time < TIMESTAMP '2026-11-24 12:34:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-10-01 00:00:00'
),
summed AS (
SELECT website, currency, order_id, entry, entry_id, link, coupon, time, micros, sum(micros) OVER (PARTITION BY website, currency, order_id) AS net,
  sum(CASE WHEN entry = 'reversal' THEN 1 ELSE 0 END) OVER (PARTITION BY website, currency, order_id) AS reversals
FROM reported
),
placed AS (
SELECT website, currency, order_id, entry, entry_id, link, coupon, time, micros, net, reversals,
  row_number() OVER (PARTITION BY time ORDER BY website, currency, order_id, entry, entry_id) AS place
FROM summed
)
SELECT website, currency, order_id, entry, link, coupon, time AS time, micros, net,
  reversals, place
FROM placed
WHERE time < TIMESTAMP '2026-11-01 00:00:00'
  AND website = 'al''ice "{x}" %s'
ORDER BY time DESC, place
LIMIT 51
;
WITH reported AS (
SELECT website, currency, order_id, entry, entry_id, link, coupon, time,
  micros AS micros
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  min(link) OVER (PARTITION BY website, currency, order_id, entry, entry_id) AS link,
  min(coupon) OVER (PARTITION BY website, currency, order_id, entry, entry_id) AS coupon,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-08-31 00:00:00' AND time < TIMESTAMP '2026-11-24 12:34:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-10-01 00:00:00'
),
summed AS (
SELECT website, currency, order_id, entry, entry_id, link, coupon, time, micros, sum(micros) OVER (PARTITION BY website, currency, order_id) AS net,
  sum(CASE WHEN entry = 'reversal' THEN 1 ELSE 0 END) OVER (PARTITION BY website, currency, order_id) AS reversals
FROM reported
),
placed AS (
SELECT website, currency, order_id, entry, entry_id, link, coupon, time, micros, net, reversals,
  row_number() OVER (PARTITION BY time ORDER BY website, currency, order_id, entry, entry_id) AS place
FROM summed
)
SELECT website, currency, order_id, entry, link, coupon, time AS time, micros, net,
  reversals, place
FROM placed
WHERE time < TIMESTAMP '2026-11-01 00:00:00'
  AND (time < TIMESTAMP '2026-09-21 14:13:20' OR time = TIMESTAMP '2026-09-21 14:13:20' AND place > 1)
ORDER BY time DESC, place
LIMIT 51
;
WITH orders AS (
SELECT currency, sum(micros) AS net, max(CASE WHEN entry = 'sale' THEN time END) AS sold_at
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '1970-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 12:34:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '1970-02-01 00:00:00'
GROUP BY website, currency, order_id
)
SELECT currency, sum(CASE WHEN sold_at > TIMESTAMP '2026-10-24 12:34:00' THEN net ELSE 0 END) AS held,
  sum(CASE WHEN sold_at > TIMESTAMP '2026-10-24 12:34:00' THEN 0 ELSE net END) AS other, 0 AS paid
FROM orders
GROUP BY currency
UNION ALL
SELECT currency, 0 AS held, 0 AS other, sum(micros) AS paid
FROM (
SELECT currency AS currency, payout_id AS payout_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY currency, payout_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'al''ice "{x}" %s' AND measure_name = 'payout'
  AND time >= TIMESTAMP '1970-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 12:34:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '1970-02-01 00:00:00'
GROUP BY currency
;
SELECT affiliate_id, CAST(NULL AS varchar) AS currency, sum(page_views) AS page_views, count(*) AS visitors,
  sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new_visitors, sum(clicks) AS clicks, 0 AS orders,
  0 AS refunded, 0 AS commissions, 0 AS revenue, max(time) AS last_seen
FROM (
SELECT affiliate_id, page_views, clicks, time,
  row_number() OVER (PARTITION BY visitor_id ORDER BY affiliate_id) AS number
FROM (
SELECT affiliate_id, visitor_id, count(*) AS page_views,
  sum(CASE WHEN click = 'true' THEN 1 ELSE 0 END) AS clicks, max(time) AS time
FROM (
SELECT affiliate_id AS affiliate_id, website AS website, min(time) AS time, max(visitor_id) AS visitor_id, max(click) AS click
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id IS NOT NULL AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-01 00:00:00' AND time < TIMESTAMP '2026-11-01 00:00:00'
GROUP BY affiliate_id, website, event_id
) AS viewed
GROUP BY affiliate_id, visitor_id
) AS seen
) AS numbered
GROUP BY affiliate_id
UNION ALL
SELECT affiliate_id, currency, 0 AS page_views, 0 AS visitors, 0 AS new_visitors, 0 AS clicks,
  sum(sales) AS orders, sum(CASE WHEN reversals > 0 THEN sales ELSE 0 END) AS refunded,
  sum(micros) AS commissions, 0 AS revenue, max(time) AS last_seen
FROM (
SELECT affiliate_id, currency, sum(CASE WHEN entry = 'sale' THEN 1 ELSE 0 END) AS sales,
  sum(CASE WHEN entry = 'reversal' THEN 1 ELSE 0 END) AS reversals,
  sum(micros) AS micros, max(time) AS time
FROM (
SELECT affiliate_id AS affiliate_id, website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY affiliate_id, website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id IS NOT NULL AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-08-31 00:00:00' AND time < TIMESTAMP '2026-11-01 00:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-10-01 00:00:00'
GROUP BY affiliate_id, website, currency, order_id
) AS orders
GROUP BY affiliate_id, currency
UNION ALL
SELECT affiliate_id, currency, 0 AS page_views, 0 AS visitors, 0 AS new_visitors, 0 AS clicks, 0 AS orders,
  0 AS refunded, 0 AS commissions, sum(micros) AS revenue,
  CAST(NULL AS timestamp) AS last_seen
FROM (
SELECT affiliate_id AS affiliate_id, website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY affiliate_id, website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id IS NOT NULL AND measure_name = 'revenue'
  AND time >= TIMESTAMP '2026-08-31 00:00:00' AND time < TIMESTAMP '2026-11-01 00:00:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-10-01 00:00:00'
GROUP BY affiliate_id, currency
;
SELECT affiliate_id, currency, sum(CASE WHEN sold_at > TIMESTAMP '2026-10-24 12:34:00' THEN net ELSE 0 END) AS held,
  sum(CASE WHEN sold_at > TIMESTAMP '2026-10-24 12:34:00' THEN 0 ELSE net END) AS other, 0 AS paid
FROM (
SELECT affiliate_id, currency, sum(micros) AS net, max(CASE WHEN entry = 'sale' THEN time END) AS sold_at
FROM (
SELECT affiliate_id AS affiliate_id, website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY affiliate_id, website, currency, order_id, entry, entry_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id IS NOT NULL AND measure_name = 'commission'
  AND time >= TIMESTAMP '1970-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 12:34:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '1970-02-01 00:00:00'
GROUP BY affiliate_id, website, currency, order_id
) AS orders
GROUP BY affiliate_id, currency
UNION ALL
SELECT affiliate_id, currency, 0 AS held, 0 AS other, sum(micros) AS paid
FROM (
SELECT affiliate_id AS affiliate_id, currency AS currency, payout_id AS payout_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY affiliate_id, currency, payout_id ORDER BY time, measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id IS NOT NULL AND measure_name = 'payout'
  AND time >= TIMESTAMP '1970-01-01 00:00:00' AND time < TIMESTAMP '2026-11-24 12:34:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '1970-02-01 00:00:00'
GROUP BY affiliate_id, currency
;
