"""Files in pieces: streamed in, streamed out, gone when their time is over."""

import datetime as dt
import tracemalloc

import pytest
from django.core.files.uploadhandler import StopUpload
from django.test import RequestFactory
from django.utils import timezone

from parley.accounts.models import Organization
from parley.conversations import files
from parley.conversations.models import StoredFile, StoredPiece

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return Organization.objects.create(name="North", slug="north")


def writer(organization: Organization, *, limit: int | None = None, kept: dt.timedelta = files.KEPT) -> files.Writer:
    return files.Writer(
        organization=organization.pk, name="list.csv", content_type="text/csv", created_by=None, limit=limit, kept=kept
    )


def test_what_was_written_is_read_back_in_order(organization: Organization) -> None:
    parts = [bytes([number]) * 300_000 for number in range(9)]

    with writer(organization) as stored:
        for part in parts:
            stored.write(part)

    assert b"".join(files.read(stored.file.pk)) == b"".join(parts)
    assert (stored.file.size, stored.file.complete) == (2_700_000, True)
    assert StoredPiece.objects.count() == 3


def test_no_more_than_a_few_pieces_are_held(organization: Organization) -> None:
    part = b"x" * 64 * 1024
    tracemalloc.start()

    with writer(organization) as stored:
        for _ in range(320):
            stored.write(part)
    for _piece in files.read(stored.file.pk):
        pass

    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert stored.file.size == 20 * files.PIECE
    assert peak < 12 * files.PIECE


def test_a_file_past_the_limit_leaves_nothing(organization: Organization) -> None:
    stored = writer(organization, limit=3_000_000)
    stored.write(b"x" * 2_999_999)

    with pytest.raises(files.TooLarge):
        stored.write(b"xx")

    assert not StoredFile.everywhere.exists()
    assert not StoredPiece.objects.exists()


def test_a_broken_writer_leaves_nothing(organization: Organization) -> None:
    def breaks() -> None:
        with writer(organization) as stored:
            stored.write(b"x" * 2_000_000)
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        breaks()

    assert not StoredFile.everywhere.exists()
    assert not StoredPiece.objects.exists()


def test_an_upload_is_stored_as_it_arrives(organization: Organization, rf: RequestFactory) -> None:
    content = b"first_name,last_name,cell\n" * 100_000
    from django.core.files.uploadedfile import SimpleUploadedFile

    request = rf.post("/", {"note": "hello", "file": SimpleUploadedFile("people.csv", content, "text/csv")})
    handler = files.UploadHandler(organization=organization.pk, created_by=None, limit=10_000_000)
    request.upload_handlers = [handler]

    note = request.POST["note"]

    assert note == "hello"
    assert handler.stored is not None
    assert handler.stored.name == "people.csv"
    assert b"".join(files.read(handler.stored.pk)) == content
    assert not request.FILES


def test_an_upload_past_the_limit_is_refused_while_it_arrives(organization: Organization) -> None:
    handler = files.UploadHandler(organization=organization.pk, created_by=None, limit=files.PIECE)
    handler.new_file("file", "people.csv", "text/csv", None)
    handler.receive_data_chunk(b"x" * files.PIECE, 0)

    with pytest.raises(StopUpload):
        handler.receive_data_chunk(b"x", files.PIECE)

    assert handler.too_large
    assert not StoredPiece.objects.exists()


def test_a_download_carries_name_and_size(organization: Organization) -> None:
    with writer(organization) as stored:
        stored.write(b"a,b\n")

    response = files.respond(stored.file)

    assert response["Content-Disposition"] == 'attachment; filename="list.csv"'
    assert response["Content-Length"] == "4"
    assert response.getvalue() == b"a,b\n"


def test_files_go_when_their_time_is_over(organization: Organization) -> None:
    with writer(organization) as old, writer(organization, kept=dt.timedelta(hours=30)) as young:
        old.write(b"old")
        young.write(b"young")

    deleted = files.delete_expired(now=timezone.now() + dt.timedelta(hours=25))

    assert deleted == 1
    assert list(StoredFile.everywhere.values_list("pk", flat=True)) == [young.file.pk]
    assert StoredPiece.objects.count() == 1
