"""What the texter's scripts say, in the page's language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def initials() -> dict[str, str]:
    return {
        "place": _("%(place)s of %(total)s"),
        "clock": _("%s where they are"),
        "clockOr": _("%(first)s or %(last)s where they are"),
        "noName": _("No name"),
        "waitingOne": _("1 text waits for the connection. Do not close this page."),
        "waitingMany": _("%s texts wait for the connection. Do not close this page."),
        "goingOne": _("The last text is on its way."),
        "goingMany": _("The last %s texts are on their way."),
        "refusedTitleOne": _("1 text was not sent"),
        "refusedTitleMany": _("%s texts were not sent"),
        "stoppedKeptOne": _("1 text has not gone out yet. It is kept on this device."),
        "stoppedKeptMany": _("%s texts have not gone out yet. They are kept on this device."),
        "stoppedLeftOne": _("1 text did not go out. The person stays on the organizers’ list."),
        "stoppedLeftMany": _("%s texts did not go out. The people stay on the organizers’ list."),
        "signIn": _("Sign in and go on"),
        "reload": _("Load the page again"),
        "home": _("To your assignments"),
        "stoppedTitle": _("Texting has stopped"),
        "reloadText": _("The page is older than your sign-in. Load it again to go on; nothing is lost."),
        "doneOne": _("1 text sent. Thank you!"),
        "doneMany": _("%s texts sent. Thank you!"),
    }


def conversations() -> dict[str, str]:
    return {
        "sending": _("Sending…"),
        "notSent": _("Not sent. Your words are back in the box."),
        "notSentElsewhere": _("Your reply to %s was not sent. It is kept in that conversation."),
        "nothing": _("Write something first."),
        "noAnswer": _("The server could not be reached. Send again: nobody gets it twice."),
        "previousAnswers": _("Answers so far"),
        "change": _("Change"),
        "also": _("Did they answer this too?"),
        "notSaved": _("saved when you send, skip or opt out"),
        "restore": _("Put my own words back"),
        "length": _("%(characters)s characters · %(segments)s"),
        "tooLong": _("Too long by %s characters"),
        "optedOut": _("%s gets no more texts."),
        "closed": _("Closed."),
        "reopened": _("Open again."),
        "allAnswered": _("Everybody has an answer for now. Thank you!"),
        "newReply": _("New reply from %s"),
        "leave": _("A reply is still being sent."),
    }
