from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TextingConfig(AppConfig):
    name = "parley.texting"

    def ready(self) -> None:
        from parley.conversations import registry, sql_functions
        from parley.conversations.worker import housekeeping
        from parley.texting import navigation, program
        from parley.texting.actions import claiming

        post_migrate.connect(sql_functions.install, sender=self)
        registry.register_program(program.Texting())
        housekeeping.every(5)(claiming.squash_tallies)
        navigation.register()
