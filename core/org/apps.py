from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "core.org"
    label = "org"
