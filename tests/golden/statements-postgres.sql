WITH counted AS (
SELECT website, count(*) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
SELECT website, count(*) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
SELECT website, count(*) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds' AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds'
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
SELECT website, count(*) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC'))
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds')
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds')
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC'))
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
SELECT website, count(*) AS value, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END)
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds')
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC'))
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
SELECT website, count(*) AS value, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END)
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
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
SELECT website, count(*) AS value, date_trunc('day', CASE WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', CASE WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END)
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC'))
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
SELECT website, count(*) AS value, date_trunc('day', CASE WHEN time < %(edge_20260329010000)s THEN (time AT TIME ZONE 'UTC') + interval '3600 seconds' WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', CASE WHEN time < %(edge_20260329010000)s THEN (time AT TIME ZONE 'UTC') + interval '3600 seconds' WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END)
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
SELECT website, count(*) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
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
SELECT website, count(*) AS value, date_trunc('day', CASE WHEN time < %(edge_20260404150000)s THEN (time AT TIME ZONE 'UTC') + interval '39600 seconds' WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, date_trunc('day', CASE WHEN time < %(edge_20260404150000)s THEN (time AT TIME ZONE 'UTC') + interval '39600 seconds' WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END)
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
SELECT website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC'))
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC'))
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds' AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds'
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds' AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds' AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC'))
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC'))
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds')
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds')
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC'))
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END)
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds')
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC'))
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END)
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', CASE WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', CASE WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END)
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', CASE WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', CASE WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC'))
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', CASE WHEN time < %(edge_20260329010000)s THEN (time AT TIME ZONE 'UTC') + interval '3600 seconds' WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', CASE WHEN time < %(edge_20260329010000)s THEN (time AT TIME ZONE 'UTC') + interval '3600 seconds' WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END)
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', CASE WHEN time < %(edge_20260329010000)s THEN (time AT TIME ZONE 'UTC') + interval '3600 seconds' WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', CASE WHEN time < %(edge_20260329010000)s THEN (time AT TIME ZONE 'UTC') + interval '3600 seconds' WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH seen AS (
SELECT website, visitor_id, date_trunc('day', CASE WHEN time < %(edge_20260404150000)s THEN (time AT TIME ZONE 'UTC') + interval '39600 seconds' WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END) AS label
FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s
GROUP BY website, visitor_id, date_trunc('day', CASE WHEN time < %(edge_20260404150000)s THEN (time AT TIME ZONE 'UTC') + interval '39600 seconds' WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END)
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 20 OR max(rank) OVER () <= 21 THEN website END AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, CAST(NULL AS timestamp) AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', CASE WHEN time < %(edge_20260404150000)s THEN (time AT TIME ZONE 'UTC') + interval '39600 seconds' WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank
FROM (
SELECT visitor_id, date_trunc('day', CASE WHEN time < %(edge_20260404150000)s THEN (time AT TIME ZONE 'UTC') + interval '39600 seconds' WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END) AS label, rank
FROM (SELECT website, visitor_id, time FROM analytics.page_views
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(start)s AND time < %(end)s) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere
HAVING count(*) > 0
;
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds' AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('hour', (time AT TIME ZONE 'UTC') + interval '2700 seconds') - interval '2700 seconds'
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('hour', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('hour', (time AT TIME ZONE 'UTC'))
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC'))
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds') AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '3600 seconds')
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds')
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC'))
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END)
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds') AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '39600 seconds')
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC'))
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', CASE WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END)
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', CASE WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END) AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', CASE WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END)
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC')) AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC'))
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', CASE WHEN time < %(edge_20260329010000)s THEN (time AT TIME ZONE 'UTC') + interval '3600 seconds' WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END) AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', CASE WHEN time < %(edge_20260329010000)s THEN (time AT TIME ZONE 'UTC') + interval '3600 seconds' WHEN time < %(edge_20261025010000)s THEN (time AT TIME ZONE 'UTC') + interval '7200 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '3600 seconds' END)
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds') AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', (time AT TIME ZONE 'UTC') + interval '20700 seconds')
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
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('day', CASE WHEN time < %(edge_20260404150000)s THEN (time AT TIME ZONE 'UTC') + interval '39600 seconds' WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END) AS label
FROM analytics.order_entries
WHERE "affiliate_id" = %(affiliate_id)s
  AND time >= %(since)s AND time < %(end)s
GROUP BY website, currency, date_trunc('day', CASE WHEN time < %(edge_20260404150000)s THEN (time AT TIME ZONE 'UTC') + interval '39600 seconds' WHEN time < %(edge_20261003153000)s THEN (time AT TIME ZONE 'UTC') + interval '37800 seconds' ELSE (time AT TIME ZONE 'UTC') + interval '39600 seconds' END)
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
