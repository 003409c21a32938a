WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('hour', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, date_trunc('hour', time)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('hour', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, date_trunc('hour', time)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('hour', time + 2700s) - 2700s AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-22 13:15:00' AND time < TIMESTAMP '2026-11-23 13:15:00'
GROUP BY website, date_trunc('hour', time + 2700s) - 2700s
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('hour', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, date_trunc('hour', time)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-17 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, date_trunc('day', time)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time + 3600s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-16 23:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
GROUP BY website, date_trunc('day', time + 3600s)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time + 20700s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-16 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
GROUP BY website, date_trunc('day', time + 20700s)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time + 39600s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-16 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, date_trunc('day', time + 39600s)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-25 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, date_trunc('day', time)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-24 22:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
GROUP BY website, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time + 20700s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-24 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
GROUP BY website, date_trunc('day', time + 20700s)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time + 39600s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-24 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, date_trunc('day', time + 39600s)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-08-26 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, date_trunc('day', time)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-08-25 22:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
GROUP BY website, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time + 20700s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-08-25 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
GROUP BY website, date_trunc('day', time + 20700s)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-08-25 13:30:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-24 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, date_trunc('day', time)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-03-29 01:00:00' THEN time + 3600s WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-23 23:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
GROUP BY website, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-03-29 01:00:00' THEN time + 3600s WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time + 20700s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-23 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
GROUP BY website, date_trunc('day', time + 20700s)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-04-04 15:00:00' THEN time + 39600s WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-23 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-04-04 15:00:00' THEN time + 39600s WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END)
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('hour', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, visitor_id, date_trunc('hour', time)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('hour', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, visitor_id, date_trunc('hour', time)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('hour', time + 2700s) - 2700s AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-22 13:15:00' AND time < TIMESTAMP '2026-11-23 13:15:00'
GROUP BY website, visitor_id, date_trunc('hour', time + 2700s) - 2700s
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('hour', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, visitor_id, date_trunc('hour', time)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-17 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, visitor_id, date_trunc('day', time)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time + 3600s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-16 23:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
GROUP BY website, visitor_id, date_trunc('day', time + 3600s)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time + 20700s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-16 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
GROUP BY website, visitor_id, date_trunc('day', time + 20700s)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time + 39600s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-16 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, visitor_id, date_trunc('day', time + 39600s)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-25 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, visitor_id, date_trunc('day', time)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-24 22:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
GROUP BY website, visitor_id, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time + 20700s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-24 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
GROUP BY website, visitor_id, date_trunc('day', time + 20700s)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time + 39600s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-24 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, visitor_id, date_trunc('day', time + 39600s)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-08-26 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, visitor_id, date_trunc('day', time)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-08-25 22:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
GROUP BY website, visitor_id, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time + 20700s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-08-25 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
GROUP BY website, visitor_id, date_trunc('day', time + 20700s)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-08-25 13:30:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, visitor_id, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-24 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, visitor_id, date_trunc('day', time)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-03-29 01:00:00' THEN time + 3600s WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-23 23:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
GROUP BY website, visitor_id, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-03-29 01:00:00' THEN time + 3600s WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', time + 20700s) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-23 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
GROUP BY website, visitor_id, date_trunc('day', time + 20700s)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-04-04 15:00:00' THEN time + 39600s WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END) AS label
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2025-11-23 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
GROUP BY website, visitor_id, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-04-04 15:00:00' THEN time + 39600s WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END)
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-10-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', time) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-22 13:00:00'
GROUP BY website, currency, date_trunc('hour', time)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-10-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', time) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-22 13:00:00'
GROUP BY website, currency, date_trunc('hour', time)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-10-22 13:15:00' AND time < TIMESTAMP '2026-11-23 13:15:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', time + 2700s) - 2700s AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-22 13:15:00'
GROUP BY website, currency, date_trunc('hour', time + 2700s) - 2700s
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-10-22 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', time) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-22 13:00:00'
GROUP BY website, currency, date_trunc('hour', time)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-10-17 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-17 00:00:00'
GROUP BY website, currency, date_trunc('day', time)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-10-16 23:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time + 3600s) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-16 23:00:00'
GROUP BY website, currency, date_trunc('day', time + 3600s)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-10-16 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time + 20700s) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-16 18:15:00'
GROUP BY website, currency, date_trunc('day', time + 20700s)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-10-16 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time + 39600s) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-11-16 13:00:00'
GROUP BY website, currency, date_trunc('day', time + 39600s)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-09-24 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-10-25 00:00:00'
GROUP BY website, currency, date_trunc('day', time)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-09-23 22:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-10-24 22:00:00'
GROUP BY website, currency, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-09-23 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time + 20700s) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-10-24 18:15:00'
GROUP BY website, currency, date_trunc('day', time + 20700s)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-09-23 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time + 39600s) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-10-24 13:00:00'
GROUP BY website, currency, date_trunc('day', time + 39600s)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-07-26 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-08-26 00:00:00'
GROUP BY website, currency, date_trunc('day', time)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-07-25 22:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-08-25 22:00:00'
GROUP BY website, currency, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-07-25 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time + 20700s) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-08-25 18:15:00'
GROUP BY website, currency, date_trunc('day', time + 20700s)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-07-25 13:30:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-08-25 13:30:00'
GROUP BY website, currency, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2025-10-24 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2025-11-24 00:00:00'
GROUP BY website, currency, date_trunc('day', time)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 21 - currencies OR max(place) OVER () <= 21 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2025-10-23 23:00:00' AND time < TIMESTAMP '2026-11-23 23:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-03-29 01:00:00' THEN time + 3600s WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2025-11-23 23:00:00'
GROUP BY website, currency, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-03-29 01:00:00' THEN time + 3600s WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 7200s ELSE time + 3600s END)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 21 - currencies OR max(place) OVER () <= 21 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2025-10-23 18:15:00' AND time < TIMESTAMP '2026-11-23 18:15:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', time + 20700s) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2025-11-23 18:15:00'
GROUP BY website, currency, date_trunc('day', time + 20700s)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 21 - currencies OR max(place) OVER () <= 21 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE "affiliate_id" = 'al''ice "{x}" %s' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2025-10-23 13:00:00' AND time < TIMESTAMP '2026-11-23 13:00:00'
),
counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-04-04 15:00:00' THEN time + 39600s WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END) AS label
FROM entries
WHERE occurrence = 1 AND time >= TIMESTAMP '2025-11-23 13:00:00'
GROUP BY website, currency, date_trunc('day', CASE WHEN time < TIMESTAMP '2026-04-04 15:00:00' THEN time + 39600s WHEN time < TIMESTAMP '2026-10-03 15:30:00' THEN time + 37800s ELSE time + 39600s END)
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 21 - currencies OR max(place) OVER () <= 21 THEN website END AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label
;
