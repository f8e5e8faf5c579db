"""Uploads that collide or die half way: all or nothing, and the page says which."""

from __future__ import annotations

import csv
import io
import time
import urllib.request
from collections.abc import Callable

from benchmarks import people
from tests.faults import ground as grounds
from tests.faults.ground import Ground, Line


def two_uploads_at_once(*, short: bool) -> list[Line]:
    count = 2_000 if short else 20_000
    with grounds.ground(name="uploads", texters=1) as made:
        admin, path, campaign = _draft(made)
        first, second = _list(count, "A"), _list(count, "B")
        answers = grounds.at_once([lambda f=f: _upload(made, admin, path, f) for f in (first, second)])  # type: ignore[misc]
        made.stack.start_worker(jobs=True)
        made.until("SELECT count(*) FROM conversations_backgroundtask WHERE state IN ('waiting', 'running')", 0, 90)
        kept, of_a = made.ask(
            "SELECT count(*), count(*) FILTER (WHERE first_name = 'A') FROM texting_contact WHERE campaign_id = %s",
            campaign,
        )
        mixed = 0 if of_a in (0, kept) else 1
        refused = sum(status == 409 for status in answers)
        return [
            Line(
                "two uploads to one campaign at once",
                2,
                count - kept,
                mixed,
                abs(1 - refused),
                "one wins, one is refused: 409",
            )
        ]


def killed_in_an_upload(*, short: bool) -> list[Line]:
    """All or nothing after the kill, and whole after the next worker has taken it up."""
    count = 30_000 if short else 100_000
    with grounds.ground(name="upload_kill", texters=1) as made:
        admin, path, campaign = _draft(made)
        _upload(made, admin, path, _list(count, "A"))
        made.stack.start_worker(jobs=True)
        made.until("SELECT count(*) FROM conversations_backgroundtask WHERE state = 'running'", 1, 60)
        time.sleep(0.15 if short else 0.6)
        made.stack.kill("worker")
        question = "SELECT count(*) FROM texting_contact WHERE campaign_id = %s"
        after_kill = made.ask(question, campaign)[0]
        made.stack.start_worker("again", jobs=True)
        made.until("SELECT count(*) FROM conversations_backgroundtask WHERE state IN ('waiting', 'running')", 0, 120)
        kept, state = made.ask(
            "SELECT (SELECT count(*) FROM texting_contact WHERE campaign_id = %s), "
            "(SELECT state FROM conversations_backgroundtask ORDER BY id DESC LIMIT 1)",
            campaign,
        )
        half = 0 if after_kill in (0, count) else after_kill
        told = f"{after_kill} rows after the kill, {kept} after the restart, task {state}"
        return [Line("kill -9 in the middle of an upload", count, count - kept, 0, half, told)]


def _list(count: int, name: str) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["first_name", "last_name", "phone_number", "zip"])
    rows.writerows([name, f"Person {i}", f"+1617{2_000_000 + i}", "02141"] for i in range(count))
    return out.getvalue().encode()


def _draft(made: Ground) -> tuple[people.Texter, str, int]:
    """An admin with a session, the address of a draft campaign's upload, and the campaign."""
    from django.db import connection
    from django.middleware.csrf import _get_new_csrf_string

    from parley.accounts.models import Membership, Organization, Role, User
    from parley.texting.models import Campaign

    organization = Organization.objects.get(pk=Campaign.everywhere.get(pk=made.campaign).organization_id)
    user = User.objects.create_user(f"admin@{organization.slug}.example", first_name="Ada")
    Membership.everywhere.create(organization=organization, user=user, role=Role.ADMIN)
    draft = Campaign.everywhere.create(organization=organization, title="Draft", creator=user)
    admin = people.Texter(user.pk, 0, *people._session(user, _get_new_csrf_string()))
    connection.close()
    return admin, f"/org/{organization.slug}/campaigns/{draft.pk}/upload/", draft.pk


def _upload(made: Ground, admin: people.Texter, path: str, content: bytes) -> int:
    edge = "----parley"
    body = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\nContent-Type: text/csv\r\n\r\n'.encode()
        + content
        + f"\r\n--{edge}--\r\n".encode()
    )
    request = urllib.request.Request(
        f"{made.stack.web}{path}",
        body,
        {
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "Cookie": admin.cookie,
            "X-CSRFToken": admin.csrf,
            "Referer": made.stack.web,
        },
    )
    return grounds._answer(request, timeout=60)[0]


ROWS: list[Callable[..., list[Line]]] = [two_uploads_at_once, killed_in_an_upload]
