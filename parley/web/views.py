"""What is shown when something fails, and the pages of the living style guide."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.views.decorators.http import require_GET

from parley.web import styleguide as examples


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but this is not for them."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same page whether it never existed or belongs to others."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: a page that needs neither the database nor the session, because those may be what broke."""
    return HttpResponseServerError(loader.get_template("500.html").render())


View = Callable[[HttpRequest], HttpResponse]


def _only_while_developing(view: View) -> View:
    """404 unless DEBUG or the demo is on: a production site does not show its building blocks."""

    @functools.wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not (settings.DEBUG or getattr(settings, "DEMO", False)):
            raise Http404
        return view(request)

    return guarded


@_only_while_developing
@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in the app shell."""
    return render(request, "web/styleguide.html", examples.components(request))


@_only_while_developing
@require_GET
def styleguide_texter(request: HttpRequest) -> HttpResponse:
    """The texter's screen; `?mode=reply` shows a conversation, otherwise the first text."""
    return render(request, "web/styleguide_texter.html", examples.texter(request))


@_only_while_developing
@require_GET
def styleguide_narrow(request: HttpRequest) -> HttpResponse:
    """The page of sign-in and its like."""
    return render(request, "web/styleguide_narrow.html", {"form": examples.SignInForm()})


@_only_while_developing
@require_GET
def styleguide_task(request: HttpRequest) -> HttpResponse:
    """A background task a step further each time it is asked for."""
    return render(request, "web/styleguide_task.html", examples.task(request))
