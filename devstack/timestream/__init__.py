"""A local Amazon Timestream for LiveAnalytics: its write and query services, over DuckDB.

`Server` runs it in a program, `python -m devstack.timestream` from the command line, and the pytest plugin
`devstack.timestream.fixture` in tests. A request takes this way through the package:

- `server` and `protocol` read a request, `validation` checks it, `faults` may break it on purpose.
- `databases` creates and describes databases and tables.
- `writing` stores records: by the rules in `records`, `layout` and `rows`.
- `query` answers SQL: `syntax` parses it, `compiler` translates it to DuckDB's SQL, `paging` cuts the result.
- `store` and `catalog` hold the DuckDB database.
"""

from devstack.timestream.faults import Fault, Faults
from devstack.timestream.query import FirstPage
from devstack.timestream.server import Server
from devstack.timestream.tables import create_tables

__all__ = ["Fault", "Faults", "FirstPage", "Server", "create_tables"]
