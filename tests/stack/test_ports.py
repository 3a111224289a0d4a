"""A port in use is an error before anything starts, and it names the setting."""

import socket
from collections.abc import Iterator

import pytest

from bot.errors import SettingsError
from bot.stack import ports
from tests.stack.cast import settings


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_free_ports_are_fine() -> None:
    ports.check(settings())


@pytest.mark.parametrize("name", ["port", "rasa_port", "actions_port"])
def test_a_port_in_use_names_its_setting_and_another_port(name: str, taken: int) -> None:
    expected = rf"^{name.upper()} {taken} is in use .* such as {name.upper()}=\d+$"
    with pytest.raises(SettingsError, match=expected):
        ports.check(settings(**{name: taken}))


def test_the_port_of_a_rasa_that_we_do_not_start_does_not_matter(taken: int) -> None:
    ports.check(settings(rasa_port=taken, rasa_url="http://rasa:5005"))


def test_two_settings_with_one_port_are_both_named() -> None:
    port = ports.free_port()
    with pytest.raises(SettingsError, match="RASA_PORT and PORT are both"):
        ports.check(settings(port=port, rasa_port=port))


def test_an_address_of_another_machine_names_the_host() -> None:
    with pytest.raises(SettingsError, match=r"HOST 192\.0\.2\.1 is not an address"):
        ports.check(settings(host="192.0.2.1"))
