from __future__ import annotations

import pytest

from parley.providers.email import address


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost", address.Server("localhost", 25)),
        ("smtp://mail.example:2525", address.Server("mail.example", 2525)),
        ("smtps://mail.example", address.Server("mail.example", 465, tls="implicit")),
        ("smtp://mail.example?tls=required", address.Server("mail.example", 587, tls="required")),
        ("smtp://a%40b:c%2Fd@mail.example:587", address.Server("mail.example", 587, "a@b", "c/d")),
    ],
)
def test_a_server_is_read_and_survives_being_stored(url: str, server: address.Server) -> None:
    parsed = address.parse(url)

    assert parsed == server
    assert address.server(parsed.credentials()) == server


@pytest.mark.parametrize(
    "url",
    ["mail.example", "http://mail.example", "smtp://", "smtp://h:99999", "smtp://u:secret@h:x", "smtp://h?tls=maybe"],
)
def test_a_wrong_address_is_named_without_its_password(url: str) -> None:
    with pytest.raises(address.BadAddress) as raised:
        address.parse(url)

    assert "secret" not in str(raised.value)
