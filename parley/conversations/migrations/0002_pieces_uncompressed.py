from django.db import migrations


class Migration(migrations.Migration):
    """Pieces of files are written and read once each: compressing them costs more than it saves."""

    dependencies = [("conversations", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE conversations_storedpiece ALTER COLUMN content SET STORAGE EXTERNAL",
            "ALTER TABLE conversations_storedpiece ALTER COLUMN content SET STORAGE EXTENDED",
        )
    ]
