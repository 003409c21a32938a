WITH counted AS (
SELECT website, count(*) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
SELECT website, count(*) AS value, date_trunc('day', CASE WHEN time < %(edge_20260329010000)s THEN (time AT TIME ZONE 'UTC') + interval '3600 seconds' WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', CASE WHEN time < %(edge_20260329010000)s THEN (time AT TIME ZONE 'UTC') + interval '3600 seconds' WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END)
UNION ALL
SELECT website, count(*) AS value, CAST(NULL AS timestamp) AS label, 3 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(earlier_start)s AND time < %(earlier_end)s
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
SELECT website, count(*) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds' AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND link = %(filter_link)s
GROUP BY website, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds'
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND website IS NULL
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds')
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC'))
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
SELECT website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY visitor_id, website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
),
numbered AS (
SELECT website, label, part,
  row_number() OVER (PARTITION BY visitor_id, website ORDER BY label) AS number,
  row_number() OVER (PARTITION BY visitor_id ORDER BY website, label) AS place
FROM seen
),
counted AS (
SELECT website, label, part, count(*) AS value, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new,
  sum(CASE WHEN place = 1 THEN 1 ELSE 0 END) AS visitors
FROM numbered
GROUP BY website, label, part
),
sized AS (
SELECT website, label, part, value, visitors, sum(new) OVER (PARTITION BY website, part) AS total,
  sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, label, part, value, visitors, total,
  dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name,
  website, label, part, value, visitors, total, rank
FROM ranked
),
named AS (
SELECT DISTINCT name
FROM shown
WHERE name IS NOT NULL
)
SELECT name AS website, value, label AS timestamp, rank, part
FROM shown
WHERE name IS NOT NULL AND part = 0
UNION ALL
SELECT DISTINCT name AS website, total AS value, CAST(NULL AS timestamp) AS timestamp, rank,
  part + 1 AS part
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, sum(visitors) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank,
  part + 2 AS part
FROM shown
GROUP BY part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part
FROM (
SELECT website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY visitor_id, website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
) AS elsewhere
WHERE website NOT IN (SELECT name FROM named) AND EXISTS (SELECT 1 FROM shown WHERE name IS NULL) AND part = 0
GROUP BY label, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part + 1 AS part
FROM (
SELECT website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY visitor_id, website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
) AS elsewhere
WHERE website NOT IN (SELECT name FROM named) AND EXISTS (SELECT 1 FROM shown WHERE name IS NULL)
GROUP BY part
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY visitor_id, website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
UNION ALL
SELECT website, visitor_id, CAST(NULL AS timestamp) AS label, 2 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(earlier_start)s AND time < %(earlier_end)s
GROUP BY visitor_id, website
),
numbered AS (
SELECT website, label, part,
  row_number() OVER (PARTITION BY part, visitor_id, website ORDER BY label) AS number,
  row_number() OVER (PARTITION BY part, visitor_id ORDER BY website, label) AS place
FROM seen
),
counted AS (
SELECT website, label, part, count(*) AS value, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new,
  sum(CASE WHEN place = 1 THEN 1 ELSE 0 END) AS visitors
FROM numbered
GROUP BY website, label, part
),
sized AS (
SELECT website, label, part, value, visitors, sum(new) OVER (PARTITION BY website, part) AS total,
  sum(CASE WHEN part = 0 THEN new ELSE 0 END) OVER (PARTITION BY website) AS size,
  sum(CASE WHEN part > 0 THEN new ELSE 0 END) OVER (PARTITION BY website) AS before
FROM counted
),
ranked AS (
SELECT website, label, part, value, visitors, total,
  dense_rank() OVER (ORDER BY size DESC, before DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS name,
  website, label, part, value, visitors, total, rank
FROM ranked
),
named AS (
SELECT DISTINCT name
FROM shown
WHERE name IS NOT NULL
)
SELECT name AS website, value, label AS timestamp, rank, part
FROM shown
WHERE name IS NOT NULL AND part = 0
UNION ALL
SELECT DISTINCT name AS website, total AS value, CAST(NULL AS timestamp) AS timestamp, rank,
  part + 1 AS part
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, sum(visitors) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank,
  part + 2 AS part
FROM shown
GROUP BY part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part
FROM (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY visitor_id, website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
UNION ALL
SELECT website, visitor_id, CAST(NULL AS timestamp) AS label, 2 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(earlier_start)s AND time < %(earlier_end)s
GROUP BY visitor_id, website
) AS elsewhere
WHERE website NOT IN (SELECT name FROM named) AND EXISTS (SELECT 1 FROM shown WHERE name IS NULL) AND part = 0
GROUP BY label, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part + 1 AS part
FROM (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY visitor_id, website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
UNION ALL
SELECT website, visitor_id, CAST(NULL AS timestamp) AS label, 2 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(earlier_start)s AND time < %(earlier_end)s
GROUP BY visitor_id, website
) AS elsewhere
WHERE website NOT IN (SELECT name FROM named) AND EXISTS (SELECT 1 FROM shown WHERE name IS NULL)
GROUP BY part
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND link = %(filter_link)s
GROUP BY visitor_id, website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
),
numbered AS (
SELECT website, label, part,
  row_number() OVER (PARTITION BY visitor_id, website ORDER BY label) AS number,
  row_number() OVER (PARTITION BY visitor_id ORDER BY website, label) AS place
FROM seen
),
counted AS (
SELECT website, label, part, count(*) AS value, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new,
  sum(CASE WHEN place = 1 THEN 1 ELSE 0 END) AS visitors
FROM numbered
GROUP BY website, label, part
),
sized AS (
SELECT website, label, part, value, visitors, sum(new) OVER (PARTITION BY website, part) AS total,
  sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, label, part, value, visitors, total,
  dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name,
  website, label, part, value, visitors, total, rank
FROM ranked
),
named AS (
SELECT DISTINCT name
FROM shown
WHERE name IS NOT NULL
)
SELECT name AS website, value, label AS timestamp, rank, part
FROM shown
WHERE name IS NOT NULL AND part = 0
UNION ALL
SELECT DISTINCT name AS website, total AS value, CAST(NULL AS timestamp) AS timestamp, rank,
  part + 1 AS part
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, sum(visitors) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank,
  part + 2 AS part
FROM shown
GROUP BY part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part
FROM (
SELECT website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND link = %(filter_link)s
GROUP BY visitor_id, website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
) AS elsewhere
WHERE website NOT IN (SELECT name FROM named) AND EXISTS (SELECT 1 FROM shown WHERE name IS NULL) AND part = 0
GROUP BY label, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part + 1 AS part
FROM (
SELECT website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND link = %(filter_link)s
GROUP BY visitor_id, website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
) AS elsewhere
WHERE website NOT IN (SELECT name FROM named) AND EXISTS (SELECT 1 FROM shown WHERE name IS NULL)
GROUP BY part
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND website IS NULL
GROUP BY visitor_id, website, date_trunc('day', (time AT TIME ZONE 'UTC'))
),
numbered AS (
SELECT website, label, part,
  row_number() OVER (PARTITION BY visitor_id, website ORDER BY label) AS number,
  row_number() OVER (PARTITION BY visitor_id ORDER BY website, label) AS place
FROM seen
),
counted AS (
SELECT website, label, part, count(*) AS value, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new,
  sum(CASE WHEN place = 1 THEN 1 ELSE 0 END) AS visitors
FROM numbered
GROUP BY website, label, part
),
sized AS (
SELECT website, label, part, value, visitors, sum(new) OVER (PARTITION BY website, part) AS total,
  sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, label, part, value, visitors, total,
  dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name,
  website, label, part, value, visitors, total, rank
FROM ranked
),
named AS (
SELECT DISTINCT name
FROM shown
WHERE name IS NOT NULL
)
SELECT name AS website, value, label AS timestamp, rank, part
FROM shown
WHERE name IS NOT NULL AND part = 0
UNION ALL
SELECT DISTINCT name AS website, total AS value, CAST(NULL AS timestamp) AS timestamp, rank,
  part + 1 AS part
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, sum(visitors) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank,
  part + 2 AS part
FROM shown
GROUP BY part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part
FROM (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND website IS NULL
GROUP BY visitor_id, website, date_trunc('day', (time AT TIME ZONE 'UTC'))
) AS elsewhere
WHERE website NOT IN (SELECT name FROM named) AND EXISTS (SELECT 1 FROM shown WHERE name IS NULL) AND part = 0
GROUP BY label, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part + 1 AS part
FROM (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND website IS NULL
GROUP BY visitor_id, website, date_trunc('day', (time AT TIME ZONE 'UTC'))
) AS elsewhere
WHERE website NOT IN (SELECT name FROM named) AND EXISTS (SELECT 1 FROM shown WHERE name IS NULL)
GROUP BY part
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds') AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY visitor_id, website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds')
),
numbered AS (
SELECT website, label, part,
  row_number() OVER (PARTITION BY visitor_id, website ORDER BY label) AS number,
  row_number() OVER (PARTITION BY visitor_id ORDER BY website, label) AS place
FROM seen
),
counted AS (
SELECT website, label, part, count(*) AS value, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new,
  sum(CASE WHEN place = 1 THEN 1 ELSE 0 END) AS visitors
FROM numbered
GROUP BY website, label, part
),
sized AS (
SELECT website, label, part, value, visitors, sum(new) OVER (PARTITION BY website, part) AS total,
  sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, label, part, value, visitors, total,
  dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name,
  website, label, part, value, visitors, total, rank
FROM ranked
),
named AS (
SELECT DISTINCT name
FROM shown
WHERE name IS NOT NULL
)
SELECT name AS website, value, label AS timestamp, rank, part
FROM shown
WHERE name IS NOT NULL AND part = 0
UNION ALL
SELECT DISTINCT name AS website, total AS value, CAST(NULL AS timestamp) AS timestamp, rank,
  part + 1 AS part
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, sum(visitors) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank,
  part + 2 AS part
FROM shown
GROUP BY part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part
FROM (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds') AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY visitor_id, website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds')
) AS elsewhere
WHERE website NOT IN (SELECT name FROM named) AND EXISTS (SELECT 1 FROM shown WHERE name IS NULL) AND part = 0
GROUP BY label, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part + 1 AS part
FROM (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds') AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY visitor_id, website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds')
) AS elsewhere
WHERE website NOT IN (SELECT name FROM named) AND EXISTS (SELECT 1 FROM shown WHERE name IS NULL)
GROUP BY part
;
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds' AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, currency, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds'
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
SELECT website, currency, sum(micros) AS value, date_trunc('day', CASE WHEN time < %(edge_20260404150000)s THEN (time AT TIME ZONE 'UTC') + interval '39600 seconds' WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END) AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', CASE WHEN time < %(edge_20260404150000)s THEN (time AT TIME ZONE 'UTC') + interval '39600 seconds' WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END)
UNION ALL
SELECT website, currency, sum(micros) AS value, CAST(NULL AS timestamp) AS label, 3 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(earlier_start)s AND time < %(earlier_end)s
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
SELECT website, currency, sum(micros) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND link = %(filter_link)s
GROUP BY website, currency, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds') AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND website IS NULL
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds')
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
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
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
SELECT website, count(*) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND click
GROUP BY website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND click
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC'))
UNION ALL
SELECT website, count(*) AS value, CAST(NULL AS timestamp) AS label, 3 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(earlier_start)s AND time < %(earlier_end)s
  AND click
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
SELECT website, count(*) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND link = %(filter_link)s AND click
GROUP BY website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND website IS NULL AND click
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label, 0 AS part
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND click
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds')
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
SELECT website, count(*) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND entry = 'sale'
GROUP BY website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
SELECT website, count(*) AS value, date_trunc('day', CASE WHEN time < %(edge_20260329010000)s THEN (time AT TIME ZONE 'UTC') + interval '3600 seconds' WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND entry = 'sale'
GROUP BY website, date_trunc('day', CASE WHEN time < %(edge_20260329010000)s THEN (time AT TIME ZONE 'UTC') + interval '3600 seconds' WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END)
UNION ALL
SELECT website, count(*) AS value, CAST(NULL AS timestamp) AS label, 3 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(earlier_start)s AND time < %(earlier_end)s
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
SELECT website, count(*) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds' AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND link = %(filter_link)s
  AND entry = 'sale'
GROUP BY website, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds'
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND website IS NULL
  AND entry = 'sale'
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds')
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND entry = 'sale'
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC'))
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
SELECT website, currency, sum(revenue) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s AND revenue IS NOT NULL
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, currency, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
SELECT website, currency, sum(revenue) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s AND revenue IS NOT NULL
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
UNION ALL
SELECT website, currency, sum(revenue) AS value, CAST(NULL AS timestamp) AS label, 3 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s AND revenue IS NOT NULL
  AND time >= %(earlier_start)s AND time < %(earlier_end)s
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
SELECT website, currency, sum(revenue) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s AND revenue IS NOT NULL
  AND time >= %(start)s AND time < %(end)s
  AND link = %(filter_link)s
GROUP BY website, currency, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
SELECT website, currency, sum(revenue) AS value, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s AND revenue IS NOT NULL
  AND time >= %(start)s AND time < %(end)s
  AND website IS NULL
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC'))
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
SELECT website, currency, sum(revenue) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds') AS label, 0 AS part
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s AND revenue IS NOT NULL
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds')
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
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website
UNION ALL
SELECT website AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  sum(CASE WHEN entry = 'sale' THEN 1 ELSE 0 END) AS orders, sum(micros) AS commissions, 0 AS revenue
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, currency
UNION ALL
SELECT website AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  0 AS orders, 0 AS commissions, sum(revenue) AS revenue
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s AND revenue IS NOT NULL
  AND time >= %(start)s AND time < %(end)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
;
WITH counted AS (
SELECT website AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND website = %(filter_website)s
GROUP BY website
UNION ALL
SELECT website AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  sum(CASE WHEN entry = 'sale' THEN 1 ELSE 0 END) AS orders, sum(micros) AS commissions, 0 AS revenue
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND website = %(filter_website)s
GROUP BY website, currency
UNION ALL
SELECT website AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  0 AS orders, 0 AS commissions, sum(revenue) AS revenue
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s AND revenue IS NOT NULL
  AND time >= %(start)s AND time < %(end)s
  AND website = %(filter_website)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND website = %(filter_website)s
;
WITH counted AS (
SELECT link AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY link
UNION ALL
SELECT link AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  sum(CASE WHEN entry = 'sale' THEN 1 ELSE 0 END) AS orders, sum(micros) AS commissions, 0 AS revenue
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY link, currency
UNION ALL
SELECT link AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  0 AS orders, 0 AS commissions, sum(revenue) AS revenue
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s AND revenue IS NOT NULL
  AND time >= %(start)s AND time < %(end)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
;
WITH counted AS (
SELECT link AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND link = %(filter_link)s
GROUP BY link
UNION ALL
SELECT link AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  sum(CASE WHEN entry = 'sale' THEN 1 ELSE 0 END) AS orders, sum(micros) AS commissions, 0 AS revenue
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND link = %(filter_link)s
GROUP BY link, currency
UNION ALL
SELECT link AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  0 AS orders, 0 AS commissions, sum(revenue) AS revenue
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s AND revenue IS NOT NULL
  AND time >= %(start)s AND time < %(end)s
  AND link = %(filter_link)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND link = %(filter_link)s
;
WITH counted AS (
SELECT path AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND click
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND click
;
WITH counted AS (
SELECT path AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND path = %(filter_path)s AND click
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND path = %(filter_path)s AND click
;
WITH counted AS (
SELECT path AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
;
WITH counted AS (
SELECT path AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND referrer = %(filter_referrer)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND referrer = %(filter_referrer)s
;
WITH counted AS (
SELECT referrer AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
;
WITH counted AS (
SELECT referrer AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND utm_source = %(filter_utm_source)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND utm_source = %(filter_utm_source)s
;
WITH counted AS (
SELECT utm_source AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
;
WITH counted AS (
SELECT utm_source AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND utm_medium = %(filter_utm_medium)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND utm_medium = %(filter_utm_medium)s
;
WITH counted AS (
SELECT utm_medium AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
;
WITH counted AS (
SELECT utm_medium AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND utm_campaign = %(filter_utm_campaign)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND utm_campaign = %(filter_utm_campaign)s
;
WITH counted AS (
SELECT utm_campaign AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
;
WITH counted AS (
SELECT utm_campaign AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND country = %(filter_country)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND country = %(filter_country)s
;
WITH counted AS (
SELECT country AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
;
WITH counted AS (
SELECT country AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND device = %(filter_device)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND device = %(filter_device)s
;
WITH counted AS (
SELECT device AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
;
WITH counted AS (
SELECT device AS name, CAST(NULL AS varchar) AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND website = %(filter_website)s
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
WHERE place <= %(limit)s
UNION ALL
SELECT CAST(NULL AS varchar) AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  0 AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT CAST(NULL AS varchar) AS name, CAST(NULL AS varchar) AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, 0 AS place, 0 AS places
FROM analytics.page_views
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
  AND website = %(filter_website)s
;
WITH reported AS (
SELECT website, currency, order_id, entry, entry_id, link, coupon, time,
  micros AS micros
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(read_start)s AND time < %(read_end)s
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
SELECT website, currency, order_id, entry, link, coupon, (time AT TIME ZONE 'UTC') AS time, micros, net,
  reversals, place
FROM placed
WHERE time < %(end)s
  AND website = %(filter_website)s
ORDER BY time DESC, place
LIMIT %(limit)s
;
WITH reported AS (
SELECT website, currency, order_id, entry, entry_id, link, coupon, time,
  micros AS micros
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(read_start)s AND time < %(read_end)s
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
SELECT website, currency, order_id, entry, link, coupon, (time AT TIME ZONE 'UTC') AS time, micros, net,
  reversals, place
FROM placed
WHERE time < %(end)s
  AND (time < %(after)s OR time = %(after)s AND place > %(place)s)
ORDER BY time DESC, place
LIMIT %(limit)s
;
WITH orders AS (
SELECT currency, sum(micros) AS net, max(CASE WHEN entry = 'sale' THEN time END) AS sold_at
FROM analytics.order_entries
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, currency, order_id
)
SELECT currency, sum(CASE WHEN sold_at > %(held_since)s THEN net ELSE 0 END) AS held,
  sum(CASE WHEN sold_at > %(held_since)s THEN 0 ELSE net END) AS other, 0 AS paid
FROM orders
GROUP BY currency
UNION ALL
SELECT currency, 0 AS held, 0 AS other, sum(micros) AS paid
FROM analytics.payouts
WHERE affiliate_id = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY currency
;
WITH RECURSIVE affiliates_of_page_views(affiliate_id) AS (
(SELECT affiliate_id FROM analytics.page_views ORDER BY affiliate_id LIMIT 1)
UNION ALL
SELECT (
SELECT affiliate_id FROM analytics.page_views WHERE affiliate_id > one.affiliate_id ORDER BY affiliate_id LIMIT 1
)
FROM affiliates_of_page_views AS one
WHERE one.affiliate_id IS NOT NULL
),
affiliates_of_order_entries(affiliate_id) AS (
(SELECT affiliate_id FROM analytics.order_entries ORDER BY affiliate_id LIMIT 1)
UNION ALL
SELECT (
SELECT affiliate_id FROM analytics.order_entries WHERE affiliate_id > one.affiliate_id ORDER BY affiliate_id LIMIT 1
)
FROM affiliates_of_order_entries AS one
WHERE one.affiliate_id IS NOT NULL
)
SELECT affiliate_id, CAST(NULL AS varchar) AS currency, sum(page_views) AS page_views, count(*) AS visitors,
  sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new_visitors, sum(clicks) AS clicks, 0 AS orders,
  0 AS refunded, 0 AS commissions, 0 AS revenue, (max(time) AT TIME ZONE 'UTC') AS last_seen
FROM (
SELECT affiliate_id, page_views, clicks, time,
  row_number() OVER (PARTITION BY visitor_id ORDER BY affiliate_id) AS number
FROM (
SELECT of_one.*
FROM affiliates_of_page_views AS one CROSS JOIN LATERAL (
SELECT affiliate_id, visitor_id, count(*) AS page_views,
  sum(CASE WHEN click THEN 1 ELSE 0 END) AS clicks, max(time) AS time
FROM analytics.page_views
WHERE affiliate_id = one.affiliate_id
  AND time >= %(start)s AND time < %(end)s
GROUP BY affiliate_id, visitor_id
) AS of_one
) AS seen
) AS numbered
GROUP BY affiliate_id
UNION ALL
SELECT of_one.*
FROM affiliates_of_order_entries AS one CROSS JOIN LATERAL (
SELECT affiliate_id, currency, 0 AS page_views, 0 AS visitors, 0 AS new_visitors, 0 AS clicks,
  sum(sales) AS orders, sum(CASE WHEN reversals > 0 THEN sales ELSE 0 END) AS refunded,
  sum(micros) AS commissions, 0 AS revenue, (max(time) AT TIME ZONE 'UTC') AS last_seen
FROM (
SELECT affiliate_id, currency, sum(CASE WHEN entry = 'sale' THEN 1 ELSE 0 END) AS sales,
  sum(CASE WHEN entry = 'reversal' THEN 1 ELSE 0 END) AS reversals,
  sum(micros) AS micros, max(time) AS time
FROM analytics.order_entries
WHERE affiliate_id = one.affiliate_id
  AND time >= %(start)s AND time < %(end)s
GROUP BY affiliate_id, website, currency, order_id
) AS orders
GROUP BY affiliate_id, currency
) AS of_one
UNION ALL
SELECT of_one.*
FROM affiliates_of_order_entries AS one CROSS JOIN LATERAL (
SELECT affiliate_id, currency, 0 AS page_views, 0 AS visitors, 0 AS new_visitors, 0 AS clicks, 0 AS orders,
  0 AS refunded, 0 AS commissions, sum(revenue) AS revenue,
  CAST(NULL AS timestamp) AS last_seen
FROM analytics.order_entries
WHERE affiliate_id = one.affiliate_id AND revenue IS NOT NULL
  AND time >= %(start)s AND time < %(end)s
GROUP BY affiliate_id, currency
) AS of_one
;
WITH RECURSIVE affiliates_of_order_entries(affiliate_id) AS (
(SELECT affiliate_id FROM analytics.order_entries ORDER BY affiliate_id LIMIT 1)
UNION ALL
SELECT (
SELECT affiliate_id FROM analytics.order_entries WHERE affiliate_id > one.affiliate_id ORDER BY affiliate_id LIMIT 1
)
FROM affiliates_of_order_entries AS one
WHERE one.affiliate_id IS NOT NULL
),
affiliates_of_payouts(affiliate_id) AS (
(SELECT affiliate_id FROM analytics.payouts ORDER BY affiliate_id LIMIT 1)
UNION ALL
SELECT (
SELECT affiliate_id FROM analytics.payouts WHERE affiliate_id > one.affiliate_id ORDER BY affiliate_id LIMIT 1
)
FROM affiliates_of_payouts AS one
WHERE one.affiliate_id IS NOT NULL
)
SELECT of_one.*
FROM affiliates_of_order_entries AS one CROSS JOIN LATERAL (
SELECT affiliate_id, currency, sum(CASE WHEN sold_at > %(held_since)s THEN net ELSE 0 END) AS held,
  sum(CASE WHEN sold_at > %(held_since)s THEN 0 ELSE net END) AS other, 0 AS paid
FROM (
SELECT affiliate_id, currency, sum(micros) AS net, max(CASE WHEN entry = 'sale' THEN time END) AS sold_at
FROM analytics.order_entries
WHERE affiliate_id = one.affiliate_id
  AND time >= %(start)s AND time < %(end)s
GROUP BY affiliate_id, website, currency, order_id
) AS orders
GROUP BY affiliate_id, currency
) AS of_one
UNION ALL
SELECT of_one.*
FROM affiliates_of_payouts AS one CROSS JOIN LATERAL (
SELECT affiliate_id, currency, 0 AS held, 0 AS other, sum(micros) AS paid
FROM analytics.payouts
WHERE affiliate_id = one.affiliate_id
  AND time >= %(start)s AND time < %(end)s
GROUP BY affiliate_id, currency
) AS of_one
;
