from contextlib import closing

import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError

from chalicelib.sessions import SERVICES, new_session


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", ["service-2", "endpoint-rule-set-1"])
def test_models_are_those_that_botocore_loads(service: str, kind: str) -> None:
    ours, theirs = (
        session.get_component("data_loader") for session in (new_session(), botocore.session.get_session())
    )
    assert ours.load_service_model(service, kind) == theirs.load_service_model(service, kind)
    assert service in theirs.list_available_services(kind)


@pytest.mark.parametrize("name", ["endpoints", "partitions", "_retry", "sdk-default-configuration"])
def test_so_is_what_all_services_share(name: str) -> None:
    ours, theirs = (
        session.get_component("data_loader") for session in (new_session(), botocore.session.get_session())
    )
    assert ours.load_data(name) == theirs.load_data(name)


@pytest.mark.parametrize("service", SERVICES)
def test_a_client_is_addressed_as_botocores_is(service: str) -> None:
    ours, theirs = (
        session.create_client(service, "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
        for session in (new_session(), botocore.session.get_session())
    )
    with closing(ours), closing(theirs):
        assert ours.meta.endpoint_url == theirs.meta.endpoint_url
        assert dir(ours) == dir(theirs)


def test_no_other_service_is_known() -> None:
    with pytest.raises(UnknownServiceError):
        new_session().create_client("sqs", "eu-west-1")
