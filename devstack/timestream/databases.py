"""The control plane: databases, tables and their tags."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from devstack.timestream.catalog import StoredCatalog
from devstack.timestream.errors import ConflictError, ResourceNotFoundError, ValidationError
from devstack.timestream.layout import Layout
from devstack.timestream.protocol import Caller
from devstack.timestream.resources import (
    Database,
    PartitionKey,
    Retention,
    TableResource,
    describe_database,
    describe_table,
    parse_arn,
)
from devstack.timestream.rows import Rows
from devstack.timestream.store import Clock, Store
from devstack.timestream.validation import invalid, length_constraint, violation

PAGE: Final = 20
"""The default of MaxResults in the list operations."""

T = TypeVar("T")


def existing_table(catalog: StoredCatalog, request: dict[str, Any]) -> tuple[TableResource, Layout]:
    """The table that the request names. Raises ResourceNotFoundError if it or its database is missing."""
    try:
        return catalog.resource(request["DatabaseName"], request["TableName"])
    except KeyError:
        _existing_database(catalog, request["DatabaseName"])
        raise ResourceNotFoundError(f"The table {request['TableName']} does not exist.") from None


class ControlPlane:
    """timestream-write's operations on databases and tables. Each raises the errors its API page names."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def create_database(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """API_CreateDatabase."""
        name, now = request["DatabaseName"], self._clock()
        _check_name("databaseName", name)
        database = Database(name, request.get("KmsKeyId"), now, now, _tags(request))
        with self._store.transaction() as (_, catalog):
            if name in catalog.databases():
                raise ConflictError(f"The database {name} already exists.")
            catalog.save_database(database)
        return {"Database": describe_database(database, 0, caller.region)}

    def describe_database(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """API_DescribeDatabase."""
        with self._store.snapshot() as (_, catalog):
            return {"Database": _described(catalog, request["DatabaseName"], caller.region)}

    def list_databases(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """API_ListDatabases."""
        with self._store.snapshot() as (_, catalog):
            names, token = _page(list(catalog.databases()), request, lambda name: name)
            return {"Databases": [_described(catalog, name, caller.region) for name in names], **token}

    def update_database(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """API_UpdateDatabase."""
        with self._store.transaction() as (_, catalog):
            database = _existing_database(catalog, request["DatabaseName"])
            catalog.save_database(replace(database, kms_key=request["KmsKeyId"], updated=self._clock()))
            return {"Database": _described(catalog, database.name, caller.region)}

    def delete_database(self, request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
        """API_DeleteDatabase. The tables must be deleted first."""
        with self._store.transaction() as (_, catalog):
            database = _existing_database(catalog, request["DatabaseName"])
            if any(catalog.tables(database.name)):
                raise ValidationError(f"The database {database.name} is not empty: delete its tables first.")
            catalog.delete_database(database.name)
        return {}

    def create_table(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """API_CreateTable."""
        _check_name("tableName", request["TableName"])
        with self._store.transaction() as (connection, catalog):
            database, now = _existing_database(catalog, request["DatabaseName"]), self._clock()
            if request["TableName"] in catalog.tables(database.name):
                raise ConflictError(f"The table {request['TableName']} already exists.")
            bare = TableResource(catalog.next_number(), database.name, request["TableName"], now, now)
            table = replace(
                _changed(bare, request), partition_key=_partition_key(request), tags=_tags(request)
            )
            catalog.save_table(table, Layout())
            Rows(connection, table, Layout()).create()
        return {"Table": describe_table(table, caller.region)}

    def describe_table(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """API_DescribeTable."""
        with self._store.snapshot() as (_, catalog):
            table, _ = existing_table(catalog, request)
        return {"Table": describe_table(table, caller.region)}

    def list_tables(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """API_ListTables: of one database, or of all."""
        with self._store.snapshot() as (_, catalog):
            tables = catalog.resources()
            if database := request.get("DatabaseName"):
                _existing_database(catalog, database)
                tables = [table for table in tables if table.database == database]
        # No name contains a slash, so this is the order by database, then table.
        tables.sort(key=_qualified)
        page, token = _page(tables, request, _qualified)
        return {"Tables": [describe_table(table, caller.region) for table in page], **token}

    def update_table(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """API_UpdateTable. A longer retention does not bring back what has expired."""
        with self._store.transaction() as (connection, catalog):
            old, layout = existing_table(catalog, request)
            now = self._clock()
            table = replace(_changed(old, request), partition_key=_changed_key(old, request), updated=now)
            Rows(connection, old, layout).expire(now)
            Rows(connection, table, layout).create_view()
            catalog.save_table(table, layout)
        return {"Table": describe_table(table, caller.region)}

    def delete_table(self, request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
        """API_DeleteTable."""
        with self._store.transaction() as (connection, catalog):
            table, layout = existing_table(catalog, request)
            Rows(connection, table, layout).drop()
            catalog.delete_table(table)
        return {}

    def tag_resource(self, request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
        """API_TagResource."""
        added = _tags(request)
        self._retag(request["ResourceARN"], lambda tags: tags | added)
        return {}

    def untag_resource(self, request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
        """API_UntagResource. A key that does not exist is not an error."""
        removed = set(request["TagKeys"])
        self._retag(
            request["ResourceARN"], lambda tags: {key: tags[key] for key in tags if key not in removed}
        )
        return {}

    def list_tags_for_resource(self, request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
        """API_ListTagsForResource."""
        with self._store.snapshot() as (_, catalog):
            tags = _tagged(catalog, request["ResourceARN"])[0].tags
        return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}

    def _retag(self, arn: str, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
        with self._store.transaction() as (_, catalog):
            resource, layout = _tagged(catalog, arn)
            if isinstance(resource, TableResource):
                catalog.save_table(replace(resource, tags=change(resource.tags)), layout)
            else:
                catalog.save_database(replace(resource, tags=change(resource.tags)))


def _existing_database(catalog: StoredCatalog, name: str) -> Database:
    try:
        return catalog.database(name)
    except KeyError:
        raise ResourceNotFoundError(f"The database {name} does not exist.") from None


def _described(catalog: StoredCatalog, name: str, region: str) -> dict[str, Any]:
    database = _existing_database(catalog, name)
    return describe_database(database, len(list(catalog.tables(name))), region)


def _tagged(catalog: StoredCatalog, arn: str) -> tuple[Database | TableResource, Layout]:
    parsed = parse_arn(arn)
    if parsed is None:
        raise ValidationError(f"The resource ARN is not valid: {arn}")
    database, table = parsed
    if table is None:
        return _existing_database(catalog, database), Layout()
    return existing_table(catalog, {"DatabaseName": database, "TableName": table})


def _check_name(member: str, name: str) -> None:
    # https://docs.aws.amazon.com/timestream/latest/developerguide/ts-limits.html (not in the API's model)
    if constraint := length_constraint(3, 256, len(name)):
        raise invalid(violation(name, member, constraint))


def _tags(request: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in request.get("Tags") or ()}


def _changed(table: TableResource, request: dict[str, Any]) -> TableResource:
    """The table with the retention and the magnetic store's properties that the request gives."""
    if retention := request.get("RetentionProperties"):
        hours, days = (
            retention["MemoryStoreRetentionPeriodInHours"],
            retention["MagneticStoreRetentionPeriodInDays"],
        )
        table = replace(table, retention=Retention(hours, days))
    if magnetic := request.get("MagneticStoreWriteProperties"):
        table = replace(
            table,
            magnetic_writes=magnetic["EnableMagneticStoreWrites"],
            rejected_data_location=magnetic.get("MagneticStoreRejectedDataLocation"),
        )
    return table


def _partition_key(request: dict[str, Any]) -> PartitionKey:
    """The request's partition key, or the default. Rules: API_PartitionKey, and at most one key."""
    keys = (request.get("Schema") or {}).get("CompositePartitionKey") or [{"Type": "MEASURE"}]
    if len(keys) > 1:
        raise ValidationError("A table can have one partition key only.")
    key = PartitionKey(keys[0]["Type"], keys[0].get("Name"), keys[0].get("EnforcementInRecord"))
    if key.type == "DIMENSION" and not (key.name and key.enforcement):
        raise ValidationError("A partition key of type DIMENSION needs a Name and an EnforcementInRecord.")
    if key.type == "MEASURE" and (key.name or key.enforcement):
        raise ValidationError("A partition key of type MEASURE takes no Name and no EnforcementInRecord.")
    return key


def _changed_key(table: TableResource, request: dict[str, Any]) -> PartitionKey:
    if not request.get("Schema"):
        return table.partition_key
    key = _partition_key(request)
    if (key.type, key.name) != (table.partition_key.type, table.partition_key.name):
        raise ValidationError("Of a partition key, only EnforcementInRecord can be changed.")
    return key


def _qualified(table: TableResource) -> str:
    return f"{table.database}/{table.name}"


def _page(
    ordered: Sequence[T], request: dict[str, Any], name_of: Callable[[T], str]
) -> tuple[Sequence[T], dict[str, str]]:
    """The items after the request's NextToken, and the response's NextToken if more items follow."""
    if token := request.get("NextToken"):
        after = _decode_token(token)
        ordered = [item for item in ordered if name_of(item) > after]
    page = ordered[: request.get("MaxResults") or PAGE]
    if len(page) == len(ordered):
        return page, {}
    return page, {"NextToken": base64.urlsafe_b64encode(name_of(page[-1]).encode()).decode()}


def _decode_token(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise ValidationError("Invalid pagination token.") from None
