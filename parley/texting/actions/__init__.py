"""What people do to campaigns and contacts. Every write to a texting table happens in here.

from parley.texting import actions

actions.start_campaign(membership, campaign.pk)
"""

from parley.texting.actions.campaigns import (
    Outdated,
    archive_campaign,
    close_campaign,
    close_for_initials,
    close_join_link,
    create_campaign,
    ensure_settings,
    open_join_link,
    reopen_campaign,
    save_assignment,
    save_basics,
    save_hours,
    save_settings,
    start_campaign,
    unarchive_campaign,
)
from parley.texting.actions.joining import join_campaign
from parley.texting.actions.scripts import WrongScript, save_script

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
