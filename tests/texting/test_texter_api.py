"""What the texter's page posts, over HTTP: identity from the session or a token, refusals with codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from parley.accounts import actions as accounts
from parley.accounts.models import Membership, Organization, Role, User
from parley.conversations.models import OptOut, Outbox
from parley.texting.models import Contact, ContactStatus, QuestionResponse
from tests.texting import scenes

pytestmark = pytest.mark.django_db
Post = Callable[..., HttpResponse]


@pytest.fixture
def contact(scene: scenes.Scene) -> Contact:
    return scenes.contacts(scene, 1, assigned=True)[0]


@pytest.fixture
def post(scene: scenes.Scene, client: Client) -> Post:
    client.force_login(scene.texter, "allauth.account.auth_backends.AuthenticationBackend")

    def call(what: str, body: Any, **headers: str) -> Any:
        return client.post(
            f"/texter/{scene.assignment.pk}/{what}",
            body if isinstance(body, str) else json.dumps(body),
            content_type="application/json",
            headers=headers or None,
        )

    return call


def test_text_is_sent(post: Post, contact: Contact) -> None:
    answer = post("send", {"contact": contact.pk, "text": "Hi"})

    assert answer.status_code == 200
    assert json.loads(answer.content)["status"] == ContactStatus.MESSAGED
    assert Outbox.everywhere.count() == 1


def test_refusal_carries_the_field_s_code_and_words(post: Post, contact: Contact) -> None:
    Contact.everywhere.update(assignment=None)

    answer = post("send", {"contact": contact.pk, "text": "Hi"})

    assert answer.status_code == 409
    told = json.loads(answer.content)
    assert (told["code"], told["drops"]) == ("SENDERR_ASSIGNMENTCHANGED", True)
    assert "another texter" in told["message"]


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        {"contact": "1", "text": "Hi"},
        {"contact": True, "text": "Hi"},
        {"contact": -1, "text": "Hi"},
        {"contact": 1, "text": 5},
        {"contact": 1, "text": "Hi", "answers": [5]},
        {"contact": 1, "text": "Hi", "answers": [{"step": 1, "value": 1}] * 60},
    ],
)
def test_nonsense_is_named(post: Post, contact: Contact, body: Any) -> None:
    answer = post("send", body)

    assert answer.status_code == 400
    assert json.loads(answer.content)["code"] == "BAD_USER_INPUT"


def test_nobody_is_asked_to_sign_in(scene: scenes.Scene, client: Client) -> None:
    answer = client.post(f"/texter/{scene.assignment.pk}/send", "{}", content_type="application/json")

    assert answer.status_code == 401


def test_session_that_was_ended_sends_nothing(post: Post, contact: Contact, scene: scenes.Scene) -> None:
    post("send", {"contact": contact.pk, "text": ""})
    User.objects.filter(pk=scene.texter.pk).update(session_epoch=7)

    assert post("send", {"contact": contact.pk, "text": "Hi"}).status_code == 401


def test_claim_answers_with_contacts_or_the_reason(post: Post, scene: scenes.Scene) -> None:
    scenes.contacts(scene, 3, first=50)

    taken, again = post("claim", {"wanted": 2}), post("claim", {"wanted": 2})

    assert json.loads(taken.content)["count"] == 2
    assert (again.status_code, json.loads(again.content)["count"]) == (409, 0)
    assert "first" in json.loads(again.content)["message"]


def test_skip_saves_answers(post: Post, contact: Contact, scene: scenes.Scene) -> None:
    body = {"status": "closed", "answers": [{"step": scene.root.pk, "value": "No"}]}

    answer = post(f"contacts/{contact.pk}/status", body)

    assert json.loads(answer.content)["status"] == ContactStatus.CLOSED
    assert QuestionResponse.everywhere.get().value == "No"


def test_opt_out(post: Post, contact: Contact) -> None:
    assert post(f"contacts/{contact.pk}/opt-out", {}).status_code == 200
    assert OptOut.objects.get().address == contact.cell


def test_token_of_another_organization_does_not_reach_here(
    scene: scenes.Scene, contact: Contact, client: Client
) -> None:
    elsewhere = Organization.objects.create(name="Elm", slug="elm")
    member = Membership.everywhere.create(organization=elsewhere, user=scene.texter, role=Role.TEXTER)
    here = Membership.everywhere.get(organization=scene.organization, user=scene.texter)
    theirs, ours = (accounts.create_token(m, name="t") for m in (member, here))

    def send(secret: str) -> int:
        return client.post(
            f"/texter/{scene.assignment.pk}/send",
            json.dumps({"contact": contact.pk, "text": "Hi"}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        ).status_code

    assert send(theirs.secret) == 404
    assert send(ours.secret) == 200
