"""What the app shell needs to know that is not a template's business: the theme, the scripts' words."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext

#: holds light, dark or auto; read here so that the first paint is right, written by theme.js
THEME_COOKIE = "parley_theme"
THEMES = ("light", "dark", "auto")


def stored_theme(request: HttpRequest | None) -> str:
    """The person's choice from the cookie; auto (the device's own) when there is none."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto") if request is not None else "auto"
    return chosen if chosen in THEMES else "auto"


def browser_strings() -> dict[str, str]:
    """Every sentence that a script shows, translated."""
    return {
        "close": gettext("Close"),
        "cancel": gettext("Cancel"),
        "confirm": gettext("Yes, go on"),
        "confirmTitle": gettext("Are you sure?"),
        "copied": gettext("Copied"),
        "copyFailed": gettext("Copying did not work. Select the text and copy it by hand."),
        "offline": gettext("You are offline. Leave this page open; it goes on when the connection is back."),
        "online": gettext("You are back online."),
        "errorNetwork": gettext("The server could not be reached. Check your connection and try again."),
        "errorServer": gettext("Something went wrong on our side. Nothing was lost; please try again."),
        "errorForbidden": gettext("You may not do this. Reload the page to see what has changed."),
        "errorMissing": gettext("This is no longer here. Reload the page to see what has changed."),
        "errorSignedOut": gettext("You have been signed out. Reload the page and sign in again."),
        "errorConflict": gettext("Someone else changed this in the meantime. Reload the page to see it."),
        "errorBusy": gettext("That was too fast. Wait a moment and try again."),
        "errorTooLarge": gettext("That is too large to be sent."),
        "showPassword": gettext("Show"),
        "hidePassword": gettext("Hide"),
        "showPasswordLabel": gettext("Show the password"),
        "noFile": gettext("No file chosen yet"),
        "segmentOne": gettext("1 segment"),
        "segmentMany": gettext("%s segments"),
        "charactersLeft": gettext("%s characters left in this segment"),
        "unicodeNote": gettext("Characters such as %s leave room for only 70 in a segment"),
        "theme_light": gettext("Light"),
        "theme_dark": gettext("Dark"),
        "theme_auto": gettext("As the device"),
        "chartOf": gettext("Chart: %s"),
    }
