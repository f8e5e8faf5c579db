"""The style page: every component, alive. Only where it is of use: while developing and in the demo."""

from django.urls import path

from parley.web import views

urlpatterns = [
    path("styleguide/", views.styleguide, name="styleguide"),
    path("styleguide/texter/", views.styleguide_texter, name="styleguide_texter"),
    path("styleguide/sign-in/", views.styleguide_narrow, name="styleguide_narrow"),
    path("styleguide/task/", views.styleguide_task, name="styleguide_task"),
]
