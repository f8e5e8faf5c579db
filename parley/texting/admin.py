"""Texting on the staff site: what support looks at. Read-only: rules live in actions."""

from __future__ import annotations

from parley.accounts import staff
from parley.texting.models import Assignment, Campaign, Contact, InteractionStep, QuestionResponse, TextingSettings


@staff.register(Campaign)
class CampaignAdmin(staff.OrganizationAdmin):
    list_display = ("title", "organization", "status", "contacts_count", "due_by", "started_at")
    list_filter = ("status",)
    search_fields = ("title",)
    exclude = ("join_token",)


@staff.register(TextingSettings)
class TextingSettingsAdmin(staff.OrganizationAdmin):
    list_display = ("organization", "texting_hours_enforced", "texting_hours_start", "texting_hours_end")


@staff.register(InteractionStep)
class InteractionStepAdmin(staff.OrganizationAdmin):
    list_display = ("campaign", "answer_option", "question", "is_deleted")
    list_select_related = ("campaign",)


@staff.register(Assignment)
class AssignmentAdmin(staff.OrganizationAdmin):
    list_display = ("campaign", "user", "max_contacts", "created_at")
    list_select_related = ("campaign", "user")


@staff.register(Contact)
class ContactAdmin(staff.OrganizationAdmin):
    """Without names and numbers in the list: whoever needs one opens it."""

    list_display = ("id", "campaign", "status", "opted_out", "error_code", "updated_at")
    list_filter = ("status", "opted_out")
    list_select_related = ("campaign",)
    show_full_result_count = False


@staff.register(QuestionResponse)
class QuestionResponseAdmin(staff.OrganizationAdmin):
    list_display = ("id", "step", "value", "answered_by", "updated_at")
    list_select_related = ("answered_by",)
    raw_id_fields = ("contact", "step")
    show_full_result_count = False
