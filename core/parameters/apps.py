from django.apps import AppConfig


class ParametersConfig(AppConfig):
    name = "core.parameters"
    label = "parameters"
