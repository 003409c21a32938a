"""The GraphQL API that a CloudFormation template declares."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devstack.appsync.cloudformation import Properties, Resource, resources
from devstack.appsync.syntax import Code, parse_code
from devstack.errors import DevstackError

UNLIMITED_DEPTH: Final = 75
MOST_RESOLVERS: Final = 10_000
"""AppSync's own limits, for a template that sets none."""


@dataclass(frozen=True, slots=True)
class Signing:
    """How requests to a data source are signed."""

    region: str
    service: str


@dataclass(frozen=True, slots=True)
class HttpSource:
    """A data source of type HTTP."""

    name: str
    endpoint: str
    """Scheme and host, such as `https://example.com`."""
    signing: Signing | None


@dataclass(frozen=True, slots=True)
class Function:
    """Code with a data source: a function of a pipeline, or a unit resolver."""

    code: Code
    source: HttpSource | None
    """None for a source of type NONE: the result is what `request` returns."""


@dataclass(frozen=True, slots=True)
class Resolver:
    """The code that gives a field its value."""

    functions: tuple[Function, ...]
    pipeline: Code | None
    """The code around the functions of a pipeline. None for a unit resolver, which has one function."""

    @property
    def codes(self) -> tuple[Code, ...]:
        """All code that can run."""
        own = (self.pipeline,) if self.pipeline else ()
        return (*own, *(function.code for function in self.functions))


@dataclass(frozen=True, slots=True)
class UserPool:
    """The Cognito user pool whose tokens are accepted."""

    id: str
    region: str
    default_action: str
    """ALLOW or DENY, for fields without a directive."""

    @property
    def issuer(self) -> str:
        """The claim `iss` in the tokens of the pool."""
        return f"https://cognito-idp.{self.region}.amazonaws.com/{self.id}"


@dataclass(frozen=True, slots=True)
class Api:
    """An API as AppSync knows it."""

    schema: str
    resolvers: Mapping[tuple[str, str], Resolver]
    """Resolvers by type and field."""
    environment: Mapping[str, str]
    user_pool: UserPool
    can_introspect: bool
    depth_limit: int
    resolver_limit: int


def load_api(template: Path, parameters: Mapping[str, str]) -> Api:
    """The one API of `template`, with these values of its parameters and pseudo parameters.

    Files that it names are read relative to it. Raises DevstackError for what cannot be read, for code that
    AppSync would refuse, and for what the local AppSync cannot serve.
    """
    declared = resources(_read(template), parameters)
    api = _one(declared, "AWS::AppSync::GraphQLApi").properties
    schema = _one(declared, "AWS::AppSync::GraphQLSchema").properties
    folder = template.parent
    functions = _functions(declared, folder)
    return Api(
        schema=_text(schema, "Definition", "DefinitionS3Location", folder),
        resolvers={
            (each.properties["TypeName"], each.properties["FieldName"]): _resolver(each, functions, folder)
            for each in _all(declared, "AWS::AppSync::Resolver")
        },
        environment={name: str(value) for name, value in api.get("EnvironmentVariables", {}).items()},
        user_pool=_user_pool(api),
        can_introspect=api.get("IntrospectionConfig", "ENABLED") == "ENABLED",
        depth_limit=api.get("QueryDepthLimit") or UNLIMITED_DEPTH,
        resolver_limit=api.get("ResolverCountLimit") or MOST_RESOLVERS,
    )


def _user_pool(api: Properties) -> UserPool:
    others = api.get("AdditionalAuthenticationProviders")
    if api["AuthenticationType"] != "AMAZON_COGNITO_USER_POOLS" or others:
        raise DevstackError("The local AppSync supports only callers from AMAZON_COGNITO_USER_POOLS.")
    config = api["UserPoolConfig"]
    return UserPool(config["UserPoolId"], config["AwsRegion"], config["DefaultAction"])


@dataclass(frozen=True, slots=True)
class _Functions:
    """The data sources and functions of the template, by each name that a resolver can use."""

    sources: Mapping[str, HttpSource | None]
    functions: Mapping[str, Function]


def _functions(declared: list[Resource], folder: Path) -> _Functions:
    sources: dict[str, HttpSource | None] = {}
    for each in _all(declared, "AWS::AppSync::DataSource"):
        source = _SOURCES.get(each.properties["Type"], _refuse_source)(each)
        sources[each.properties["Name"]] = sources[f"{each.logical_id}.Name"] = source
    functions = {
        f"{each.logical_id}.FunctionId": _function(each.properties, sources, folder)
        for each in _all(declared, "AWS::AppSync::FunctionConfiguration")
    }
    return _Functions(sources, functions)


def _http_source(declared: Resource) -> HttpSource:
    config = declared.properties["HttpConfig"]
    authorization = config.get("AuthorizationConfig")
    signing = None
    if authorization:
        iam = authorization["AwsIamConfig"]
        signing = Signing(iam["SigningRegion"], iam["SigningServiceName"])
    return HttpSource(declared.properties["Name"], config["Endpoint"].rstrip("/"), signing)


def _refuse_source(declared: Resource) -> None:
    kind = declared.properties["Type"]
    raise DevstackError(f"{declared.logical_id}: the local AppSync has no data sources of type {kind}.")


_SOURCES: Final[Mapping[str, Callable[[Resource], HttpSource | None]]] = {
    "HTTP": _http_source,
    "NONE": lambda _: None,
}


def _function(properties: Properties, sources: Mapping[str, HttpSource | None], folder: Path) -> Function:
    return Function(_code(properties, folder), sources[properties["DataSourceName"]])


def _resolver(declared: Resource, known: _Functions, folder: Path) -> Resolver:
    properties = declared.properties
    if properties.get("Kind", "UNIT") == "UNIT":
        return Resolver((_function(properties, known.sources, folder),), pipeline=None)
    names = properties["PipelineConfig"]["Functions"]
    return Resolver(tuple(known.functions[name] for name in names), _code(properties, folder))


def _code(properties: Properties, folder: Path) -> Code:
    if properties.get("Runtime", {}).get("Name") != "APPSYNC_JS":
        raise DevstackError("The local AppSync supports only the runtime APPSYNC_JS.")
    name = properties.get("CodeS3Location", "inline code")
    return parse_code(Path(name).name, _text(properties, "Code", "CodeS3Location", folder))


def _text(properties: Properties, inline: str, location: str, folder: Path) -> str:
    if inline in properties:
        return str(properties[inline])
    return _read((folder / properties[location]).resolve())


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise DevstackError(f"{path} cannot be read: {error.strerror}.") from error


def _all(declared: Iterable[Resource], kind: str) -> list[Resource]:
    return [each for each in declared if each.type == kind]


def _one(declared: Iterable[Resource], kind: str) -> Resource:
    found = _all(declared, kind)
    if len(found) != 1:
        raise DevstackError(f"The template must have one resource of type {kind}, not {len(found)}.")
    return found[0]
