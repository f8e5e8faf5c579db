"""Background work: one at a time, seen, cancelled, failed in words, taken up after a death."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from parley.accounts.models import Organization, Role, User
from parley.conversations import tasks
from parley.conversations.models import BackgroundTask
from parley.conversations.tasks import kinds, progress, running

pytestmark = pytest.mark.django_db(transaction=True)
State = BackgroundTask.State


@pytest.fixture(autouse=True)
def _an_empty_queue(transactional_db: None) -> None:
    """The queue's tables are not Django's: the tests' clearing of tables passes them by."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def organization() -> Organization:
    return Organization.objects.create(name="North", slug="north")


@pytest.fixture
def declare() -> Iterator[Callable[..., None]]:
    """Declare the kind "test.work" for one test."""

    def declare(work: kinds.Work, **options: Any) -> None:
        tasks.kind("test.work", label="Work", role=Role.ADMIN, **options)(work)

    yield declare
    kinds._kinds.pop("test.work", None)


def start(organization: Organization, subject: str = "7", **options: Any) -> BackgroundTask:
    return tasks.start(kind="test.work", organization=organization.pk, subject_key=subject, started_by=None, **options)


def test_work_is_done_once_and_its_result_kept(organization: Organization, declare: Callable[..., None]) -> None:
    runs = []

    def work(task: BackgroundTask, _progress: tasks.Progress) -> dict[str, Any]:
        runs.append(task.arguments)
        return {"message": "2 rows", "rows": 2}

    declare(work)
    task = start(organization, arguments={"x": 1})

    tasks.run(task.pk)
    tasks.run(task.pk)

    task.refresh_from_db()
    assert runs == [{"x": 1}]
    assert (task.state, task.message, task.result["rows"]) == (State.DONE, "2 rows", 2)
    assert task.ended_at is not None


def test_a_second_start_on_the_same_subject_is_refused(
    organization: Organization, declare: Callable[..., None]
) -> None:
    declare(lambda _task, _progress: None)
    first = start(organization)

    with pytest.raises(tasks.AlreadyRunning) as refused:
        start(organization)
    other = start(organization, subject="8")

    assert refused.value.task == first
    assert str(refused.value)
    assert other.state == State.WAITING


def test_of_eight_starts_at_once_one_wins(
    organization: Organization, declare: Callable[..., None], run_concurrently: Any
) -> None:
    declare(lambda _task, _progress: None)

    def attempt() -> str:
        try:
            start(organization)
        except tasks.AlreadyRunning:
            return "refused"
        return "won"

    outcomes = run_concurrently([attempt] * 8)

    assert sorted(outcomes) == ["refused"] * 7 + ["won"]


def test_a_rolled_back_start_leaves_neither_task_nor_job(
    organization: Organization, declare: Callable[..., None]
) -> None:
    declare(lambda _task, _progress: None)

    @transaction.atomic
    def starts_and_breaks() -> None:
        start(organization)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        starts_and_breaks()

    assert not BackgroundTask.everywhere.exists()
    assert not ProcrastinateJob.objects.exists()


def test_a_failure_is_told_in_its_own_words(organization: Organization, declare: Callable[..., None]) -> None:
    cleaned = []

    def work(_task: BackgroundTask, _progress: tasks.Progress) -> None:
        raise tasks.Failure("Row 7 has 4 cells.", detail={"row": 7})

    declare(work, clean_up=lambda task: cleaned.append(task.pk))
    task = start(organization)

    tasks.run(task.pk)

    task.refresh_from_db()
    assert (task.state, task.message, task.result) == (State.FAILED, "Row 7 has 4 cells.", {"row": 7})
    assert cleaned == [task.pk]
    assert start(organization)


def test_an_unexpected_error_keeps_its_place_but_not_the_rows_it_quotes(
    organization: Organization, declare: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    def work(_task: BackgroundTask, _progress: tasks.Progress) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE once (cell text UNIQUE)")
            cursor.execute("INSERT INTO once VALUES ('+15005550006'), ('+15005550006')")

    declare(work)
    task = start(organization)

    tasks.run(task.pk)

    task.refresh_from_db()
    assert task.state == State.FAILED
    assert str(task.pk) in task.message
    assert "IntegrityError 23505" in task.result["error"]
    assert "in work" not in task.message
    assert "test_tasks.py" in task.result["error"]
    assert "5005550006" not in task.result["error"] + task.message + caplog.text


def test_progress_is_seen_while_the_work_goes_on(organization: Organization, declare: Callable[..., None]) -> None:
    seen = []

    def work(task: BackgroundTask, progress: tasks.Progress) -> None:
        progress.set(3, 10, "reading")
        seen.append(BackgroundTask.everywhere.values_list("done", "total", "message").get(pk=task.pk))

    declare(work)

    tasks.run(start(organization).pk)

    assert seen == [(3, 10, "reading")]


def test_progress_writes_at_most_five_times_a_second(
    organization: Organization, declare: Callable[..., None], django_assert_max_num_queries: Any
) -> None:
    def work(_task: BackgroundTask, progress: tasks.Progress) -> None:
        with django_assert_max_num_queries(3):
            for number in range(1_000):
                progress.set(number, 1_000)

    declare(work)
    task = start(organization)

    tasks.run(task.pk)

    task.refresh_from_db()
    assert task.state == State.DONE


def test_a_running_task_stops_when_cancelled(organization: Organization, declare: Callable[..., None]) -> None:
    reached = []

    def work(task: BackgroundTask, progress: tasks.Progress) -> None:
        tasks.cancel(task)
        progress.check()
        reached.append("the end")

    declare(work)
    task = start(organization)

    tasks.run(task.pk)

    task.refresh_from_db()
    assert task.state == State.CANCELLED
    assert not reached


def test_a_waiting_task_is_cancelled_at_once(organization: Organization, declare: Callable[..., None]) -> None:
    ran = []
    declare(lambda task, _progress: ran.append(task))
    task = start(organization)

    assert tasks.cancel(task)
    tasks.run(task.pk)

    task.refresh_from_db()
    assert task.state == State.CANCELLED
    assert not ran
    assert not tasks.cancel(task)


def test_what_a_dead_process_left_is_run_again(organization: Organization, declare: Callable[..., None]) -> None:
    declare(lambda _task, _progress: {"message": "done"})
    task = start(organization)
    long_ago = timezone.now() - dt.timedelta(seconds=progress.STALE + 1)
    BackgroundTask.everywhere.update(state=State.RUNNING, started_at=long_ago, beat_at=long_ago)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")

    assert tasks.recover() == 1
    asyncio.run(tasks.run_worker_async(wait=False))

    task.refresh_from_db()
    assert task.state == State.DONE


def test_a_living_task_is_not_taken_over(organization: Organization, declare: Callable[..., None]) -> None:
    ran = []
    declare(lambda task, _progress: ran.append(task))
    task = start(organization)
    BackgroundTask.everywhere.update(state=State.RUNNING, started_at=timezone.now(), beat_at=timezone.now())

    recovered = tasks.recover()
    tasks.run(task.pk)

    assert recovered == 0
    assert not ran


def test_the_former_holder_stops_once_another_has_taken_over(
    organization: Organization, declare: Callable[..., None]
) -> None:
    reached = []

    def work(task: BackgroundTask, progress: tasks.Progress) -> None:
        BackgroundTask.everywhere.update(started_at=timezone.now() + dt.timedelta(seconds=1))
        progress.check()
        reached.append("the end")

    declare(work)
    task = start(organization)

    tasks.run(task.pk)

    task.refresh_from_db()
    assert task.state == State.RUNNING
    assert not reached


def test_work_that_kills_its_process_is_given_up(organization: Organization, declare: Callable[..., None]) -> None:
    ran = []
    declare(lambda task, _progress: ran.append(task))
    task = start(organization, arguments={"_attempt": running.ATTEMPTS})
    long_ago = timezone.now() - dt.timedelta(seconds=progress.STALE + 1)
    BackgroundTask.everywhere.update(state=State.RUNNING, started_at=long_ago, beat_at=long_ago)

    tasks.run(task.pk)

    task.refresh_from_db()
    assert task.state == State.FAILED
    assert not ran


def test_the_worker_takes_what_was_started(organization: Organization, declare: Callable[..., None]) -> None:
    declare(lambda _task, _progress: {"message": "by the worker"})
    task = start(organization)

    asyncio.run(tasks.run_worker_async(wait=False))

    task.refresh_from_db()
    assert (task.state, task.message) == (State.DONE, "by the worker")
    assert not ProcrastinateJob.objects.exclude(status="succeeded").filter(task_name="background_task").exists()


def test_messages_are_in_the_language_of_who_started_it(
    organization: Organization, declare: Callable[..., None]
) -> None:
    from django.utils import translation

    languages: list[str | None] = []
    declare(lambda _task, _progress: languages.append(translation.get_language()))
    user = User.objects.create_user("ana@example.org", first_name="Ana", language="es")
    task = tasks.start(kind="test.work", organization=organization.pk, subject_key="1", started_by=user.pk)

    tasks.run(task.pk)

    assert languages == ["es"]
