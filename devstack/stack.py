"""Starts and stops all parts of the local system, in an order that loses no event."""

import importlib
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette

from chalicelib.config import Config
from chalicelib.errors import SettingError
from devstack.apigateway.chalice_local import chalice_local
from devstack.apigateway.gateway import RestApi, apigateway
from devstack.appsync import local as appsync
from devstack.appsync.local import LocalAppSync, local_appsync
from devstack.appsync.token import KEY_NAME
from devstack.databases import Database
from devstack.environment import REGION, local_environment, stage_settings
from devstack.errors import DevstackError
from devstack.firehose.api import firehose_api
from devstack.firehose.buffer import Hints
from devstack.firehose.delivery import Delivery, to_stream
from devstack.firehose.streams import Firehose
from devstack.http.ports import Ports, free_port, listen, url
from devstack.http.serving import serving
from devstack.lambda_.function import Handler
from devstack.lambda_.invocations import Invocations
from devstack.rudderstack.gateway import Clock, gateway, utc_now
from devstack.s3.storage import Storage, storage
from devstack.site.app import site
from devstack.site.portal import portal, small_portal
from devstack.site.sales import Reports
from devstack.site.shop import Shop
from devstack.state import State

WRITE_KEYS = {"web": "web-write-key", "server": "server-write-key"}
"""Write keys by source. The Firehose stream and the folder in the bucket have the source's name too."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The running system."""

    database: tuple[str, str]
    """The database's name and address."""
    s3: Storage
    rudderstack_url: str
    firehose_url: str
    """The URL of Firehose's API."""
    rest_url: str
    """The URL of API Gateway, with its stage."""
    graphql_url: str
    """The URL of AppSync, without `/graphql`."""
    appsync: LocalAppSync
    site_url: str
    portal_url: str
    config: Config
    hints: Hints
    firehose: Firehose
    delivery: Delivery
    invocations: Invocations

    def flush(self) -> None:
        """Wait until each event that RudderStack accepted is ingested or has failed for good."""
        self.firehose.flush()
        self.invocations.drain()

    @property
    def failed(self) -> int:
        """The number of objects that could not be ingested in this run."""
        return self.delivery.failed + self.invocations.failed


@contextmanager
def stack(
    state: State,
    database: Database,
    ports: Ports,
    hints: Hints,
    clock: Clock = utc_now,
    allowed_hosts: Collection[str] = (),
) -> Iterator[Stack]:
    """Run the system. At the end, the events that RudderStack accepted are ingested and saved.

    `ports` must be checked. `clock` is used by RudderStack and the demo site. Each part answers requests from
    this machine and from `allowed_hosts`. Raises DevstackError if a part does not start.
    """
    environment = local_environment(
        os.environ,
        {**stage_settings(), **database.settings("ingest")},
        timestream_url=url(ports.timestream),
        s3_url=url(ports.s3),
    )
    config = _config(environment)
    with ExitStack() as parts:
        # This must come first: AWS clients that are created later are local ones.
        parts.enter_context(_environment(environment))
        parts.enter_context(database.running(state, config))
        s3 = parts.enter_context(storage(ports.s3, config.events_bucket, state.objects, allowed_hosts))
        invocations = parts.enter_context(Invocations("ingest", _ingest(), state.failed))
        delivery = Delivery(s3, invocations.submit, state.failed)
        prefixes = {source: f"{config.events_prefix}{source}/" for source in WRITE_KEYS}
        firehose = parts.enter_context(Firehose(prefixes, delivery, hints))
        sources = {key: source for source, key in WRITE_KEYS.items()}
        for_metrics = {**environment, **database.settings("metrics")}
        parts.enter_context(_rest(ports.rest, for_metrics, state.logs / "rest.log", allowed_hosts))
        local = local_appsync(url(ports.rest), state.folder / KEY_NAME)
        for app, port in (
            (gateway(sources, to_stream(firehose), clock), ports.rudderstack),
            (firehose_api(firehose), ports.firehose),
            (local.app, ports.graphql),
            (_portal(ports, local, small_portal(state.folder / "portal")), ports.portal),
            (_site(ports, clock), ports.site),
        ):
            parts.enter_context(serving(app, listen(port), allowed_hosts))
        yield Stack(
            database=(database.name, database.address(config)),
            s3=s3,
            rudderstack_url=url(ports.rudderstack),
            firehose_url=url(ports.firehose),
            rest_url=f"{url(ports.rest)}/{appsync.STAGE}",
            graphql_url=url(ports.graphql),
            appsync=local,
            site_url=url(ports.site),
            portal_url=url(ports.portal),
            config=config,
            hints=hints,
            firehose=firehose,
            delivery=delivery,
            invocations=invocations,
        )


def _config(environment: Mapping[str, str]) -> Config:
    try:
        return Config.from_environ(environment)
    except SettingError as error:
        raise DevstackError(f"In .chalice/config.json, {error}.") from error


def _portal(ports: Ports, local: LocalAppSync, folder: Path) -> Starlette:
    return portal(
        f"{url(ports.graphql)}/graphql",
        appsync.USERS,
        local.issuer.issue,
        folder=folder,
        site_url=url(ports.site),
    )


def _site(ports: Ports, clock: Clock) -> Starlette:
    rudderstack_url = url(ports.rudderstack)
    reports = Reports(rudderstack_url, WRITE_KEYS["server"])
    return site(
        Shop(clock),
        reports,
        data_plane=rudderstack_url,
        write_key=WRITE_KEYS["web"],
        portal_url=url(ports.portal),
    )


@contextmanager
def _rest(
    port: int, environment: Mapping[str, str], log: Path, allowed_hosts: Collection[str]
) -> Iterator[None]:
    """Run the REST API as on AWS: with signed requests and a stage. Behind it, `chalice local` answers."""
    upstream = free_port()
    api = RestApi(url(upstream), appsync.STAGE, appsync.ROUTES, REGION, appsync.CREDENTIALS)
    with chalice_local(upstream, environment, log), serving(apigateway(api), listen(port), allowed_hosts):
        yield


def _ingest() -> Handler:
    # The app reads the environment when it is imported: by then, it must be the local one.
    handler: Handler = importlib.import_module("app").ingest
    return handler


@contextmanager
def _environment(environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    _become(environment)
    try:
        yield
    finally:
        _become(before)


def _become(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
