"""The user in whose name the system itself acts. Nobody can log in as it."""

from django.db import migrations


def add(apps, _schema_editor):
    apps.get_model("org", "User").objects.get_or_create(
        username="system", defaults={"name": "系统", "password": "!", "is_active": False}
    )


class Migration(migrations.Migration):
    dependencies = [("org", "0002_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
