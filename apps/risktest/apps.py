from django.apps import AppConfig


class RisktestConfig(AppConfig):
    name = "apps.risktest"
