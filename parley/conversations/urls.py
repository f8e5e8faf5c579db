"""Addresses of an organization's conversations: `/org/<slug>/…`."""

from django.urls import URLPattern, URLResolver, path

from parley.conversations.views import tasks

app_name = "conversations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("tasks/<int:task_id>/", tasks.task, name="task"),
    path("tasks/<int:task_id>/cancel/", tasks.cancel, name="task_cancel"),
]
