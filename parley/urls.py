"""Where every page is."""

from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog

from parley.accounts import staff

urlpatterns = [
    path("", include("parley.engine.urls")),
    path("", include("parley.home.urls")),
    path("account/", include("parley.accounts.urls_account")),
    path("org/<slug:organization>/", include("parley.accounts.urls_organization")),
    path("org/<slug:organization>/", include("parley.conversations.urls")),
    path("org/<slug:organization>/", include("parley.texting.urls_organization")),
    path("texter/", include("parley.texting.urls_texter")),
    path("join/", include("parley.accounts.urls_join")),
    path("", include("parley.web.urls")),
    path("admin/", staff.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("jsi18n/", JavaScriptCatalog.as_view(), name="javascript-catalog"),
]

if settings.SIMULATOR_URL:
    # the demo's phone, where a newcomer would look for it
    urlpatterns.append(
        path("simulator/", RedirectView.as_view(url=f"{settings.SIMULATOR_URL}/simulator/"), name="simulator")
    )

handler403 = "parley.web.views.forbidden"
handler404 = "parley.web.views.not_found"
handler500 = "parley.web.views.broken"
