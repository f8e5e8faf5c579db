"""Exports: the columns that the field's tools read, formulas made harmless, and only one's own."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from parley.accounts.models import AuditEvent, Organization, User
from parley.conversations import files, tasks
from parley.conversations.models import (
    BackgroundTask,
    Conversation,
    ConversationTag,
    Direction,
    Message,
    OptOut,
    Status,
    StoredFile,
    Tag,
)
from parley.texting.actions import exports
from parley.texting.models import Campaign, Contact, ContactStatus, InteractionStep, QuestionResponse
from tests.texting import scenes

pytestmark = pytest.mark.django_db(transaction=True)
State = BackgroundTask.State
Rows = list[dict[str, str]]


@pytest.fixture
def export(scene: scenes.Scene) -> Callable[[], dict[str, Rows]]:
    """Export the scene's campaign and read both files back."""

    def export() -> dict[str, Rows]:
        task = exports.start_export(actor=scene.texter, campaign=scene.campaign)
        tasks.run(task.pk)
        task.refresh_from_db()
        assert task.state == State.DONE, task.message
        return {name: rows(file) for name, file in task.result["files"].items()}

    return export


def rows(file: int) -> Rows:
    text = b"".join(files.read(file)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def say(scene: scenes.Scene, contact: Contact, text: str, **fields: Any) -> Message:
    if contact.conversation is None:
        contact.conversation = Conversation.objects.create(
            organization=scene.organization, channel=scene.channel, program="texting",
            subject_key=str(scene.campaign.pk), address_kind="phone", address=contact.cell, local_address="+16175550000",
        )  # fmt: skip
        contact.save()
    conversation = contact.conversation
    conversation.last_sequence += 1
    conversation.save()
    return Message.objects.create(
        **{
            "organization": scene.organization, "conversation": conversation, "channel": scene.channel,
            "sequence": conversation.last_sequence, "direction": Direction.OUT, "text": text,
            "status": Status.DELIVERED, **fields,
        }
    )  # fmt: skip


Export = Callable[[], dict[str, Rows]]


def test_contacts_come_with_texter_status_and_custom_fields(scene: scenes.Scene, export: Export) -> None:
    Campaign.everywhere.update(custom_fields=["fav_color", "City"])
    scenes.contacts(
        scene, 1, assigned=True, last_name="Lee", external_id="v1", zip="02141", state="MA",
        custom_fields={"fav_color": "blue", "City": "Boston"}, status=ContactStatus.NEEDS_RESPONSE, error_code="30007",
    )  # fmt: skip

    [row] = export()["contacts"]

    assert list(row) == [
        "id", "campaign_id", "assignment_id", "optOutCampaign", "optedOut", "texterFirst", "texterLast", "texterEmail",
        "texterCell", "texterAlias", "external_id", "first_name", "last_name", "cell", "city", "state", "zip",
        "message_status", "error_code", "fav_color", "City", "tags", "question[Coming?]",
    ]  # fmt: skip
    assert row["texterFirst"] == "Tess"
    assert row["assignment_id"] == str(scene.assignment.pk)
    assert (row["first_name"], row["last_name"], row["cell"]) == ("Person 0", "Lee", "+16175550000")
    assert (row["city"], row["state"], row["zip"], row["fav_color"]) == ("Boston", "MA", "02141", "blue")
    assert (row["message_status"], row["error_code"], row["external_id"]) == ("needsResponse", "30007", "v1")
    assert (row["optOutCampaign"], row["optedOut"]) == ("false", "false")


def test_answers_have_a_column_each_and_a_question_asked_twice_is_numbered(scene: scenes.Scene, export: Export) -> None:
    again = InteractionStep.everywhere.create(
        organization=scene.organization, campaign=scene.campaign, parent=scene.root, question="Coming?", position=9
    )
    contact, silent = scenes.contacts(scene, 2)
    for step, value in ((scene.root, "Yes"), (again, "No, sorry")):
        QuestionResponse.everywhere.create(
            organization=scene.organization, contact=contact, step=step, value=value, answered_by=scene.texter
        )

    first, second = export()["contacts"]

    assert (first["question[Coming?]"], first["question[Coming?_1]"]) == ("Yes", "No, sorry")
    assert (second["question[Coming?]"], second["question[Coming?_1]"]) == ("", "")
    assert second["id"] == str(silent.pk)


def test_messages_come_in_the_order_of_their_conversation(scene: scenes.Scene, export: Export) -> None:
    ann, bob = scenes.contacts(scene, 2)
    say(scene, bob, "Hi Bob")
    say(scene, ann, "Hi Ann")
    say(scene, ann, 'hello, "you"\nthere', direction=Direction.IN)
    say(scene, bob, "Bob?", status=Status.FAILED, error_code="30006")

    found = export()["messages"]

    assert [(row["campaign_contact_id"], row["text"]) for row in found] == [
        (str(ann.pk), "Hi Ann"),
        (str(ann.pk), 'hello, "you"\nthere'),
        (str(bob.pk), "Hi Bob"),
        (str(bob.pk), "Bob?"),
    ]
    assert [row["is_from_contact"] for row in found] == ["false", "true", "false", "false"]
    assert [row["send_status"] for row in found] == ["DELIVERED", "DELIVERED", "DELIVERED", "ERROR"]
    assert found[3]["error_code"] == "30006"
    assert (found[0]["user_number"], found[0]["contact_number"]) == ("+16175550000", ann.cell)
    assert found[0]["attempted_at"].endswith("Z")
    assert list(found[0]) == list(exports._MESSAGE_HEADER)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.FAILED])
def test_every_status_has_its_word(scene: scenes.Scene, export: Export, status: Status) -> None:
    say(scene, scenes.contacts(scene, 1)[0], "Hi", status=status)

    assert export()["messages"][0]["send_status"] == status.name


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "+16175550123 =1",
        "--1",
        "+A1",
    ],
)
def test_formulas_are_made_harmless_everywhere(scene: scenes.Scene, export: Export, formula: str) -> None:
    Campaign.everywhere.update(custom_fields=["note", "=header()"])
    InteractionStep.everywhere.filter(pk=scene.root.pk).update(question="-q()")
    [contact] = scenes.contacts(
        scene, 1, assigned=True, last_name=formula, external_id=formula, custom_fields={"note": formula}
    )
    User.objects.filter(pk=scene.texter.pk).update(alias=formula)
    QuestionResponse.everywhere.create(
        organization=scene.organization, contact=contact, step=scene.root, value=formula, answered_by=scene.texter
    )
    say(scene, contact, formula)

    found = export()

    [row] = found["contacts"]
    safe = f"'{formula}"
    assert (row["last_name"], row["external_id"], row["note"], row["texterAlias"]) == (safe, safe, safe, safe)
    assert row["question[-q()]"] == safe
    assert "'=header()" in row
    assert found["messages"][0]["text"] == safe


@pytest.mark.parametrize("number", ["+16175550123", "-5", "+3.5", "-1,000.00", "12", "a=b", ""])
def test_plain_numbers_and_words_stay_as_they_are(scene: scenes.Scene, export: Export, number: str) -> None:
    Campaign.everywhere.update(custom_fields=["note"])
    scenes.contacts(scene, 1, custom_fields={"note": number})

    assert export()["contacts"][0]["note"] == number
    assert exports.harmless(number) == number


def test_names_with_quotes_percent_signs_and_braces_are_only_names(scene: scenes.Scene, export: Export) -> None:
    name = 'it\'s 100% {x} "y" %s %(a)s'
    Campaign.everywhere.update(custom_fields=[name])
    scenes.contacts(scene, 1, custom_fields={name: "kept"})

    assert export()["contacts"][0][name] == "kept"


def test_opt_outs_are_the_table_s_truth_and_say_where_they_were_made(scene: scenes.Scene, export: Export) -> None:
    here, elsewhere, revoked = scenes.contacts(scene, 3, opted_out=True)
    stop = say(scene, here, "stop", direction=Direction.IN)
    common = {"organization": scene.organization, "address_kind": "phone", "source": "reply"}
    OptOut.objects.create(address=here.cell, message=stop, **common)
    OptOut.objects.create(address=elsewhere.cell, **common)
    OptOut.objects.create(address=revoked.cell, revoked_at=stop.created_at, **common)

    found = export()["contacts"]

    assert [(row["optOutCampaign"], row["optedOut"]) for row in found] == [
        ("true", "true"), ("false", "true"), ("false", "false"),
    ]  # fmt: skip


def test_tags_are_listed(scene: scenes.Scene, export: Export) -> None:
    [contact] = scenes.contacts(scene, 1)
    say(scene, contact, "Hi")
    assert contact.conversation is not None
    for name in ("spanish", "call back"):
        tag = Tag.objects.create(organization=scene.organization, name=name)
        ConversationTag.objects.create(organization=scene.organization, conversation=contact.conversation, tag=tag)

    assert export()["contacts"][0]["tags"] == "call back, spanish"


def test_slices_join_without_a_seam(scene: scenes.Scene, export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "SLICE", 3)
    made = scenes.contacts(scene, 10)
    for contact in made:
        say(scene, contact, "one")
        say(scene, contact, "two")

    found = export()

    assert [row["id"] for row in found["contacts"]] == [str(contact.pk) for contact in made]
    assert len(found["messages"]) == 20


def test_another_organization_s_rows_never_come_along(scene: scenes.Scene, export: Export) -> None:
    mine = scenes.contacts(scene, 1)
    south = Organization.objects.create(name="South", slug="south")
    stranger = scenes.contacts(scene, 1, first=5, organization=south)

    assert [row["id"] for row in export()["contacts"]] == [str(mine[0].pk)]
    assert stranger


def test_a_campaign_without_contacts_says_so(scene: scenes.Scene) -> None:
    with pytest.raises(exports.Refused, match="no contacts"):
        exports.start_export(actor=scene.texter, campaign=scene.campaign)

    assert not BackgroundTask.everywhere.exists()


def test_an_export_is_in_the_audit_log_and_expires(scene: scenes.Scene, export: Export) -> None:
    scenes.contacts(scene, 1)

    export()

    event = AuditEvent.everywhere.get(verb="campaign.exported")
    assert (event.actor_id, event.target_id) == (scene.texter.pk, scene.campaign.pk)
    for file in StoredFile.everywhere.all():
        assert file.complete
        assert 23 < (file.expires_at - file.created_at).total_seconds() / 3600 <= 24.1


def test_a_cancelled_export_leaves_no_complete_file(scene: scenes.Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scenes.contacts(scene, 1)
    task = exports.start_export(actor=scene.texter, campaign=scene.campaign)
    copy = exports._copy

    def cancels(*args: Any, **kwargs: Any) -> int:
        tasks.cancel(task)
        return copy(*args, **kwargs)

    monkeypatch.setattr(exports, "_copy", cancels)
    tasks.run(task.pk)

    task.refresh_from_db()
    assert task.state == State.CANCELLED
    assert not StoredFile.everywhere.exists()
