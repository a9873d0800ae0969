from django.apps import AppConfig


class CodesConfig(AppConfig):
    name = "core.codes"
    label = "codes"
