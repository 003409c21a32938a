"""PostgreSQL as an engine: on AWS as Aurora DSQL, and anywhere else as it is."""

from chalicelib.engines.postgres.engine import Postgres

__all__ = ["Postgres"]
