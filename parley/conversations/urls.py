"""Addresses of an organization's conversations: `/org/<slug>/…`."""

from django.urls import URLPattern, URLResolver, path

from parley.conversations.views import channels, inbox, parked, tasks, unconfirmed

app_name = "conversations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("tasks/<int:task_id>/", tasks.task, name="task"),
    path("tasks/<int:task_id>/cancel/", tasks.cancel, name="task_cancel"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<int:conversation_id>/", inbox.conversation, name="inbox_conversation"),
    path("inbox/<int:conversation_id>/done/", inbox.done, name="inbox_done"),
    path("inbox/<int:conversation_id>/opt-out/", inbox.opt_out, name="inbox_opt_out"),
    path("unconfirmed/", unconfirmed.unconfirmed, name="unconfirmed"),
    path("unconfirmed/<int:message_id>/", unconfirmed.settle, name="unconfirmed_settle"),
    path("parked/", parked.parked, name="parked"),
    path("parked/<int:event_id>/replay/", parked.replay, name="parked_replay"),
    path("parked/<int:event_id>/give-up/", parked.give_up, name="parked_give_up"),
    path("channels/", channels.channels, name="channels"),
    path("channels/connect/<slug:provider>/", channels.connect, name="channel_connect"),
    path("channels/accounts/<int:account_id>/", channels.account, name="channel_account"),
    path("channels/accounts/<int:account_id>/check/", channels.check, name="channel_check"),
    path("channels/accounts/<int:account_id>/connect/", channels.connect_again, name="channel_connect_again"),
    path("channels/accounts/<int:account_id>/rates/", channels.rates, name="channel_rates"),
    path("channels/accounts/<int:account_id>/credentials/", channels.replace_credentials, name="channel_credentials"),
    path("channels/<int:channel_id>/resume/", channels.resume, name="channel_resume"),
]
