"""What people do to campaigns and contacts. Every write to a texting table happens in here.

from parley.texting import actions

actions.start_campaign(membership, campaign.pk)
"""

from parley.texting.actions.campaigns import Outdated, create_campaign, save_assignment, save_basics, save_hours
from parley.texting.actions.joining import join_campaign
from parley.texting.actions.scripts import WrongScript, save_script
from parley.texting.actions.starting import start_campaign
from parley.texting.actions.states import (
    archive_campaign,
    close_campaign,
    close_for_initials,
    close_join_link,
    open_join_link,
    reopen_campaign,
    unarchive_campaign,
)
from parley.texting.actions.texting_settings import ensure_settings, save_settings

__all__ = [
    "Outdated",
    "WrongScript",
    "archive_campaign",
    "close_campaign",
    "close_for_initials",
    "close_join_link",
    "create_campaign",
    "ensure_settings",
    "join_campaign",
    "open_join_link",
    "reopen_campaign",
    "save_assignment",
    "save_basics",
    "save_hours",
    "save_script",
    "save_settings",
    "start_campaign",
    "unarchive_campaign",
]
