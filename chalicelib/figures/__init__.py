"""A request → a query → SQL → rows → an answer."""
