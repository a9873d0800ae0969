from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "core.publicity"
    label = "publicity"
