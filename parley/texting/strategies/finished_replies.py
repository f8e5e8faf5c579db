"""`finished-replies`: who has answered everybody may have more."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from parley.texting.strategies import base


class FinishedReplies(base.Strategy):
    name = "finished-replies"

    def display_name(self) -> Promise:
        return _("After finishing replies")

    def request_new_batch_count(self, asker: base.Asker) -> base.Allowance:
        if asker.unanswered:
            return base.Allowance(
                0,
                ngettext(
                    "Answer your %(count)d reply first, then ask for more.",
                    "Answer your %(count)d replies first, then ask for more.",
                    asker.unanswered,
                )
                % {"count": asker.unanswered},
            )
        return super().request_new_batch_count(asker)
