"""The SQL that counts visitors: distinct counts, which do not add up."""

from chalicelib.figures.queries import Part
from chalicelib.figures.ranking import EARLIER, NOW, RankedStatement


class VisitorStatement(RankedStatement):
    """Writes the statement. NOW or EARLIER, with Part.TOTAL or Part.OVERALL added, is the Part of a count."""

    def text(self) -> str:
        """The statement, with replacement fields."""
        return self._sorted_once() if self._dialect.has_little_memory else self._counted_distinct()

    def _counted_distinct(self) -> str:
        """The range, the other websites together and all websites have counts of their own."""
        return f"""\
WITH seen AS (
{self._seen()}
),
numbered AS (
SELECT website, visitor_id, label, part,
  dense_rank() OVER (PARTITION BY website, part ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, part, {self._sizes("max", "number", "website")}
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, part, dense_rank() OVER (ORDER BY {self._largest()}) AS rank
FROM sized
),
shown AS (
SELECT {self._website("rank", self._most - 1)} AS website, visitor_id, label, part, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
WHERE part = {NOW}
GROUP BY website, label, part
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, {self._dialect.no_label} AS timestamp,
  max(rank) AS rank, part + {Part.TOTAL:d} AS part
FROM shown
GROUP BY website, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, {self._dialect.no_label} AS timestamp,
  max(rank) AS rank, part + {Part.OVERALL:d} AS part
FROM shown
GROUP BY part"""

    def _sorted_once(self) -> str:
        """The same rows, with one sort of the page views instead of four.

        A visitor of a website is new in the first bin, so the new ones of all bins add up to the whole
        range's. One of a visitor's rows stands for the visitor. Only the other websites, if there are any,
        are read again.
        """
        # No join with the other websites: without statistics it would compare each view with all of them.
        elsewhere = f"""\
FROM (
{self._seen()}
) AS elsewhere
WHERE website NOT IN (SELECT name FROM named) AND EXISTS (SELECT 1 FROM shown WHERE name IS NULL)"""
        return f"""\
WITH seen AS (
{self._seen()}
),
numbered AS (
SELECT website, label, part,
  row_number() OVER (PARTITION BY {self._span_of}visitor_id, website ORDER BY label) AS number,
  row_number() OVER (PARTITION BY {self._span_of}visitor_id ORDER BY website, label) AS place
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
  {self._sizes("sum", "new", "website")}
FROM counted
),
ranked AS (
SELECT website, label, part, value, visitors, total,
  dense_rank() OVER (ORDER BY {self._largest()}) AS rank
FROM sized
),
shown AS (
SELECT {self._website("rank", self._most - 1)} AS name,
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
WHERE name IS NOT NULL AND part = {NOW}
UNION ALL
SELECT DISTINCT name AS website, total AS value, {self._dialect.no_label} AS timestamp, rank,
  part + {Part.TOTAL:d} AS part
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, sum(visitors) AS value, {self._dialect.no_label} AS timestamp, max(rank) AS rank,
  part + {Part.OVERALL:d} AS part
FROM shown
GROUP BY part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part
{elsewhere} AND part = {NOW}
GROUP BY label, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, {self._dialect.no_label} AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part + {Part.TOTAL:d} AS part
{elsewhere}
GROUP BY part"""

    @property
    def _span_of(self) -> str:
        """The column that tells the spans apart, if there are two. With one, it would cost a second sort."""
        return "part, " if self._query.earlier else ""

    def _seen(self) -> str:
        """Each visitor of each website once in a bin, and once in the earlier span.

        Grouped in the order that `_sorted_once` goes on with.
        """
        columns = ("visitor_id",)
        seen = f"""\
SELECT website, visitor_id, {self._label} AS label, {NOW} AS part
{self._sources.page_views(self._span, columns)}
GROUP BY visitor_id, website, {self._label}"""
        if not (earlier := self._query.earlier):
            return seen
        return f"""\
{seen}
UNION ALL
SELECT website, visitor_id, {self._dialect.no_label} AS label, {EARLIER} AS part
{self._sources.page_views(earlier, columns)}
GROUP BY visitor_id, website"""
