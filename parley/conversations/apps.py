from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConversationsConfig(AppConfig):
    name = "parley.conversations"

    def ready(self) -> None:
        from parley.conversations import navigation, sql_functions

        navigation.register()
        post_migrate.connect(sql_functions.install, sender=self)
