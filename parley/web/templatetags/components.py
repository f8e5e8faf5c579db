"""Parley's components: `{% load components %}`. docs/design-system.md shows each with its arguments."""

from __future__ import annotations

import zlib
from typing import Any

from django import template
from django.core.paginator import Page
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from parley.web import charts, shell, statuses

register = template.Library()


def _render(context: Context, name: str, **values: object) -> SafeString:
    """A component's template inside the page's own context, so that request and csrf_token reach it."""
    assert context.template is not None
    found = context.template.engine.get_template(f"web/components/{name}.html")
    with context.push(**values):
        return found.render(context)


def _trimmed(content: str) -> SafeString:
    """What stands between a component's tags, without the white space around it; rendered, so safe already."""
    return mark_safe(content.strip())  # noqa: S308


# --- small parts ---------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon. Decoration unless `label` says what it means."""
    if label:
        return format_html('<i class="bi bi-{}" role="img" aria-label="{}"></i>', name, label)
    return format_html('<i class="bi bi-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def badge(label: str, tone: statuses.Tone = "neutral", icon: str = "") -> SafeString:
    """A small label: tone is neutral, primary, info, success, warning or danger."""
    mark = format_html('<i class="bi bi-{}" aria-hidden="true"></i>', icon) if icon else ""
    return format_html('<span class="tag tag-{}">{}{}</span>', tone, mark, label)


@register.simple_tag
def status_badge(code: str) -> SafeString:
    """The badge of a status code; `parley.web.statuses.register` teaches it new ones."""
    look = statuses.look_of(str(code))
    return badge(str(look.label), tone=look.tone, icon=look.icon)


@register.simple_tag
def keys(*names: str) -> SafeString:
    """A keyboard hint: `{% keys "Ctrl" "Enter" %}`. Hidden where there is no keyboard."""
    caps = format_html_join("", "<kbd>{}</kbd>", ((name,) for name in names))
    return format_html('<span class="keys">{}</span>', caps)


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    """Initials in a circle whose colour belongs to the name; size is "", "sm" or "lg"."""
    if not name:
        return SafeString('<span class="avatar avatar-6" aria-hidden="true"><i class="bi bi-person"></i></span>')
    words = [word for word in str(name).split() if word[0].isalnum()]
    initials = (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "·"
    tint = zlib.crc32(str(name).encode()) % 6 + 1
    return format_html(
        '<span class="avatar avatar-{} {}" aria-hidden="true">{}</span>',
        tint,
        f"avatar-{size}" if size else "",
        initials,
    )


@register.inclusion_tag("web/components/copy_button.html")
def copy_button(text: str, label: str = "") -> dict[str, object]:
    """A button that copies `text`, and says that it did."""
    return {"text": text, "label": label}


@register.inclusion_tag("web/components/skeleton.html")
def skeleton(kind: str = "lines", count: int = 3) -> dict[str, object]:
    """What stands where something is still loading; kind is lines, cards, rows or thread."""
    return {"kind": kind, "places": range(count)}


# --- pieces of a page ----------------------------------------------------------------------------


@register.inclusion_tag("web/components/breadcrumbs.html")
def breadcrumbs(*parts: str) -> dict[str, object]:
    """`{% breadcrumbs "Campaigns" url "Spring walk" %}`: label and address in turn, the page itself last."""
    steps = [(parts[i], parts[i + 1]) for i in range(0, len(parts) - 1, 2)]
    return {"steps": steps, "here": parts[-1] if len(parts) % 2 else ""}


@register.simple_block_tag(takes_context=True)
def page_header(context: Context, content: str, title: str, subtitle: str = "", status: str = "") -> SafeString:
    """The page's h1; between the tags stand its actions, the primary one last."""
    return _render(context, "page_header", title=title, subtitle=subtitle, status=status, actions=_trimmed(content))


@register.simple_block_tag(takes_context=True)
def card(
    context: Context,
    content: str,
    *,
    title: str = "",
    subtitle: str = "",
    icon: str = "",
    css: str = "",
    id: str = "",  # noqa: A002
) -> SafeString:
    """A surface with an optional heading. `css="card-flush"` lets a table or list reach its edges."""
    return _render(context, "card", title=title, subtitle=subtitle, icon=icon, css=css, id=id, body=content)


@register.simple_block_tag(takes_context=True)
def callout(
    context: Context, content: str, tone: statuses.Tone = "info", title: str = "", role: str = ""
) -> SafeString:
    """A remark in the page; `role="alert"` when it appears as an answer to something."""
    return _render(context, "callout", tone=tone, title=title, role=role, body=content)


@register.simple_block_tag(takes_context=True)
def dialog(context: Context, content: str, *, id: str, title: str, size: str = "") -> SafeString:  # noqa: A002
    """A native dialog, opened by `data-dialog-open="<id>"`; size is "", "wide" or "narrow"."""
    return _render(context, "dialog", id=id, title=title, size=size, body=content)


@register.simple_block_tag(takes_context=True)
def empty_state(context: Context, content: str, title: str, icon: str = "chat-heart", text: str = "") -> SafeString:
    """What an empty list says: why it is empty, and between the tags what to do next."""
    return _render(context, "empty_state", title=title, icon=icon, text=text, actions=_trimmed(content))


@register.simple_block_tag(takes_context=True)
def filter_bar(context: Context, content: str, target: str, url: str = "", label: str = "") -> SafeString:
    """A form of filters that reloads `target` (a CSS selector) as one types, and keeps the address."""
    return _render(context, "filter_bar", target=target, url=url, label=label, body=content)


@register.inclusion_tag("web/components/stat.html")
def stat(
    label: str,
    value: object,
    *,
    icon: str = "",
    trend: str = "",
    trend_tone: str = "neutral",
    note: str = "",
    url: str = "",
) -> dict[str, object]:
    """A number with its name. `trend` is text ("+12 today"); trend_tone success, danger or neutral."""
    return {
        "label": label,
        "value": value,
        "icon": icon,
        "trend": trend,
        "trend_tone": trend_tone,
        "note": note,
        "url": url,
    }


@register.inclusion_tag("web/components/tabs.html")
def tabs(items: list[Any], label: str = "") -> dict[str, object]:
    """Links as tabs; items have label, url, active and optionally count and icon."""
    return {"items": items, "label": label}


@register.inclusion_tag("web/components/checklist.html")
def checklist(items: list[Any], label: str = "") -> dict[str, object]:
    """Sections to complete; items have label, url, state (done, todo, attention, locked), note and active."""
    return {"items": items, "label": label}


@register.inclusion_tag("web/components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], target: str = "", parameter: str = "page") -> dict[str, object]:
    """Page links that keep the other filters. With `target`, htmx swaps that part only."""
    numbers = list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    return {
        "page": page,
        "numbers": numbers,
        "ellipsis": page.paginator.ELLIPSIS,
        "target": target,
        "parameter": parameter,
        "request": context.get("request"),
    }


@register.simple_tag(takes_context=True)
def querystring_without(context: Context, *names: str) -> str:
    """The address's other parameters, ready to be followed by one more: `status=closed&` or nothing."""
    parameters = context["request"].GET.copy()
    for name in names:
        parameters.pop(name, None)
    return f"{parameters.urlencode()}&" if parameters else ""


# --- work in the background ----------------------------------------------------------------------


@register.inclusion_tag("web/components/progress.html")
def progress(value: int, total: int, label: str = "", tone: str = "primary") -> dict[str, object]:
    """How far something is: `value` of `total`. A total of 0 shows movement without a measure."""
    percent = min(100, round(100 * value / total)) if total else None
    return {"value": value, "total": total, "percent": percent, "label": label, "tone": tone}


@register.inclusion_tag("web/components/task.html")
def task(
    label: str,
    state: str,
    *,
    url: str = "",
    topic: str = "",
    value: int = 0,
    total: int = 0,
    message: str = "",
    cancel_url: str = "",
    retry_url: str = "",
    result_url: str = "",
    result_label: str = "",
) -> dict[str, object]:
    """A background task: what it is, how far, its failure and what to do; see docs/design-system.md.

    While `state` is queued or running it fetches `url` again every two seconds and on news of `topic`;
    the view at `url` answers with this same tag.
    """
    return {
        "label": label,
        "state": state,
        "url": url,
        "topic": topic,
        "value": value,
        "total": total,
        "percent": min(100, round(100 * value / total)) if total else None,
        "message": message,
        "cancel_url": cancel_url,
        "retry_url": retry_url,
        "result_url": result_url,
        "result_label": result_label,
        "badge": "task_failed" if state == "failed" else state,
        "working": state in {"queued", "running", "starting"},
    }


@register.inclusion_tag("web/components/live_mark.html")
def live_mark() -> dict[str, object]:
    """Says whether the page hears of changes as they happen."""
    return {}


@register.inclusion_tag("web/components/chart.html")
def chart(chart: charts.Chart, level: int = 2) -> dict[str, object]:
    """A `parley.web.charts.Chart`: drawn, and as a table and CSV. `level` is that of its heading."""
    return {"chart": chart, "heading": f"h{level}", "data_id": f"{chart.id}-data"}


# --- conversations -------------------------------------------------------------------------------


@register.inclusion_tag("web/components/bubble.html")
def bubble(message: Any, *, show_author: bool = False) -> dict[str, object]:
    """One message: direction ("in", "out", "system"), text, at, status, author, media [{url, type, name}].

    Attributes or dictionary keys; those that are missing are left out.
    """
    return {"message": message, "show_author": show_author}


@register.simple_tag
def message_ticks(status: str) -> SafeString:
    """The small mark behind an outgoing message: waiting, sent, delivered, failed; with its word."""
    look = statuses.look_of(str(status))
    return format_html(
        '<span class="ticks ticks-{}" title="{}"><i class="bi bi-{}" aria-hidden="true"></i>'
        '<span class="visually-hidden">{}</span></span>',
        look.tone,
        look.label,
        look.icon,
        look.label,
    )


@register.inclusion_tag("web/components/thread.html")
def thread(
    messages: list[Any],
    *,
    label: str = "",
    show_author: bool = False,
    id: str = "thread",  # noqa: A002
) -> dict[str, object]:
    """A conversation, oldest first; days are marked, the newest message is in view."""
    return {"messages": messages, "label": label, "show_author": show_author, "id": id}


@register.inclusion_tag("web/components/phone_preview.html")
def phone_preview(text: str = "", *, sender: str = "", source: str = "", media_url: str = "") -> dict[str, object]:
    """A text as the phone shows it, with its length in segments; `source` is the id of a field to follow."""
    return {"text": text, "sender": sender, "source": source, "media_url": media_url}


# --- the shell -----------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The stored choice: light, dark or auto."""
    return shell.stored_theme(context.get("request"))


@register.simple_tag
def browser_strings() -> dict[str, str]:
    """What the scripts say, in the page's language; for `json_script`."""
    return shell.browser_strings()
