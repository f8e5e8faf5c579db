"""`/texter/…`: a volunteer's own pages, and what they post."""

from django.urls import path

from parley.texting.views import texter, texter_api

app_name = "texter"
urlpatterns = [
    path("", texter.home, name="home"),
    path("<int:assignment>/initials/", texter.initials, name="initials"),
    path("<int:assignment>/next/", texter.what_next, name="next"),
    path("<int:assignment>/conversations/", texter.conversations, name="conversations"),
    path("<int:assignment>/conversations/<int:contact>/", texter.conversation, name="conversation"),
    path("<int:assignment>/claim", texter_api.claim, name="claim"),
    path("<int:assignment>/send", texter_api.send, name="send"),
    path("<int:assignment>/contacts/<int:contact>/status", texter_api.status, name="status"),
    path("<int:assignment>/contacts/<int:contact>/opt-out", texter_api.opt_out, name="opt-out"),
]
