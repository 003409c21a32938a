"""A sample year: affiliates, websites, and the events of their visitors and orders.

Others use `world` (who and what there is), `year.sample_year` (the events) and `feed.feed` (sends them).
"""
