"""Conversations on the staff site: what support looks at. Read-only: rules live in actions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from parley.accounts import staff
from parley.conversations.access import MAIL
from parley.conversations.models import (
    BackgroundTask,
    Channel,
    Conversation,
    Correspondent,
    Flag,
    InboundEvent,
    Message,
    OptOut,
    Outbox,
    ProviderAccount,
    StoredFile,
    Tag,
)


@staff.register(ProviderAccount)
class ProviderAccountAdmin(staff.OrganizationAdmin):
    list_display = ("name", "provider", "organization", "shared", "rate", "stopped_at", "stop_reason")
    list_filter = ("provider", "shared")
    list_select_related = ("organization",)
    exclude = ("credentials", "webhook_secret")


@staff.register(Channel)
class ChannelAdmin(staff.OrganizationAdmin):
    list_display = ("name", "kind", "address", "account", "organization", "shared", "rate", "stopped_at")
    list_filter = ("kind",)
    list_select_related = ("account", "organization")


@staff.register(Correspondent)
class CorrespondentAdmin(staff.OrganizationAdmin):
    """Without names and addresses in the list: whoever needs one opens it."""

    list_display = ("id", "address_kind", "organization", "created_at")
    list_filter = ("address_kind",)
    list_select_related = ("organization",)
    raw_id_fields = ("person",)
    show_full_result_count = False


@staff.register(Conversation)
class ConversationAdmin(staff.OrganizationAdmin):
    list_display = ("id", "program", "subject_key", "kind", "channel", "last_inbound_at", "last_outbound_at")
    list_filter = ("program", "kind")
    list_select_related = ("channel",)
    show_full_result_count = False


@staff.register(Message)
class MessageAdmin(staff.OrganizationAdmin):
    """Without the instance's own mails: they hold links that open accounts."""

    list_display = ("id", "direction", "purpose", "status", "error_code", "channel", "created_at")
    list_filter = ("direction", "status")
    list_select_related = ("channel",)
    raw_id_fields = ("conversation", "sender", "author")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).exclude(conversation__program=MAIL)


@staff.register(Outbox)
class OutboxAdmin(staff.OrganizationAdmin):
    list_display = ("id", "operation", "channel", "state", "attempts", "send_after", "send_before")
    list_filter = ("state", "operation")
    list_select_related = ("channel",)
    raw_id_fields = ("message", "conversation", "target")


@staff.register(InboundEvent)
class InboundEventAdmin(staff.OrganizationAdmin):
    organization_path = "account__organization"
    list_display = ("id", "account", "kind", "received_at", "applied_at", "parked_at", "attempts")
    list_filter = ("kind",)
    list_select_related = ("account",)
    show_full_result_count = False


@staff.register(OptOut)
class OptOutAdmin(staff.OrganizationAdmin):
    """The organization's own; those for everyone are seen by who has chosen all."""

    list_display = ("id", "scope", "source", "organization", "made_at", "revoked_at")
    list_filter = ("scope", "source")
    list_select_related = ("organization",)
    search_fields = ("=address",)
    raw_id_fields = ("message", "made_by", "revoked_by")
    show_full_result_count = False


@staff.register(Flag)
class FlagAdmin(staff.OrganizationAdmin):
    list_display = ("id", "user", "note", "created_at")
    list_select_related = ("user",)
    raw_id_fields = ("message",)


@staff.register(Tag)
class TagAdmin(staff.OrganizationAdmin):
    list_display = ("name", "group", "organization", "retired_at")
    list_select_related = ("organization",)
    search_fields = ("name",)


@staff.register(BackgroundTask)
class BackgroundTaskAdmin(staff.OrganizationAdmin):
    list_display = ("id", "kind", "state", "done", "total", "started_by", "created_at", "ended_at")
    list_filter = ("kind", "state")
    list_select_related = ("started_by",)


@staff.register(StoredFile)
class StoredFileAdmin(staff.OrganizationAdmin):
    list_display = ("name", "content_type", "size", "complete", "created_by", "created_at", "expires_at")
    list_select_related = ("created_by",)
