"""Our check of X-Twilio-Signature is the SDK's RequestValidator's, only quicker."""

from __future__ import annotations

import urllib.parse
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator

from parley.providers.twilio import webhook

# no lone surrogates: they have no UTF-8
words = st.text(st.characters(codec="utf-8"), max_size=20)
params = st.lists(st.tuples(words, words), max_size=8)
hosts = st.sampled_from(["parley.example", "localhost", "127.0.0.1", "a-b.c.example"])
urls = st.builds(
    lambda scheme, host, port, path, query: f"{scheme}://{host}{port}/{path}{query}",
    st.sampled_from(["https", "http"]),
    hosts,
    st.sampled_from(["", ":80", ":443", ":8000", ":1"]),
    st.sampled_from(["", "webhooks/twilio/1/status", "a/b%20c", "ü"]),
    st.sampled_from(["", "?m=1", "?m=1&n=%C3%BC", "?x"]),
)


class Values(dict[str, list[str]]):
    """A form as Django's QueryDict shows itself to the validator."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__()
        for name, value in pairs:
            self.setdefault(name, []).append(value)

    def getlist(self, name: str) -> list[str]:
        return self[name]


@settings(deadline=None, max_examples=300)
@given(url=urls, pairs=params, algorithm=st.sampled_from([HMAC_SHA1, HMAC_SHA256]))
def test_what_the_sdk_signs_we_accept_and_the_same(url: Any, pairs: Any, algorithm: Any) -> None:
    theirs = RequestValidator("secret").compute_signature(url, Values(pairs), algorithm)

    assert webhook.signature(url, pairs, "secret", algorithm=algorithm) == theirs
    assert webhook.is_signed(url, pairs, theirs, "secret", algorithm=algorithm)


@settings(deadline=None, max_examples=300)
@given(
    url=urls,
    signed_url=urls,
    pairs=params,
    signed_pairs=params,
    secret=st.sampled_from(["secret", "other"]),
    algorithm=st.sampled_from([HMAC_SHA1, HMAC_SHA256, "HMAC_MD5"]),
    signed_with=st.sampled_from([HMAC_SHA1, HMAC_SHA256]),
)
def test_of_any_signature_we_think_what_the_sdk_thinks(
    *, url: Any, signed_url: Any, pairs: Any, signed_pairs: Any, secret: Any, algorithm: Any, signed_with: Any
) -> None:
    given_signature = RequestValidator("secret").compute_signature(signed_url, Values(signed_pairs), signed_with)
    form = Values(pairs)

    theirs = RequestValidator(secret).validate(url, form, given_signature, algorithm)

    assert webhook.is_signed(url, pairs, given_signature, secret, algorithm=algorithm) == theirs


@settings(deadline=None, max_examples=200)
@given(url=urls, pairs=params)
def test_the_port_of_the_scheme_may_be_there_or_not(url: Any, pairs: Any) -> None:
    """Twilio signs sometimes with it and sometimes without."""
    parts = urllib.parse.urlparse(url)
    other = parts._replace(netloc=parts.hostname).geturl()
    signature = webhook.signature(other, pairs, "secret")

    assert webhook.is_signed(url, pairs, signature, "secret") == RequestValidator("secret").validate(
        url, Values(pairs), signature
    )


def test_a_signature_that_is_no_signature_is_refused() -> None:
    assert not webhook.is_signed("https://parley.example/", [], "", "secret")
    assert not webhook.is_signed("https://parley.example/", [], "ü" * 28, "secret")
