"""What plain Django pages cost, with session and user: a list (one query, 50 rows) and a wizard step (one query, a
crispy form of six choices, six saves)."""

from collections.abc import Callable

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.backends.django import DjangoTemplates
from django.test import override_settings
from django.urls import path

from apps.assessments.models import Answer
from apps.catalog.models import Model

QUESTIONS = [f"q{number}" for number in range(6)]
CHOICES = [("a", "A"), ("b", "B"), ("c", "C"), ("?", "I don't know")]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tests.bench.floor.own_pages",
]
# What the settings of a new Django project ask of it, and no more.
plain_django = override_settings(MIDDLEWARE=MIDDLEWARE)
PAGES = DjangoTemplates(
    {
        "NAME": "plain",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
)
PAGE = PAGES.from_string(
    "{% load crispy_forms_filters %}<!doctype html><title>Step</title><p>{{ user }}</p>"
    '<form method="post">{% csrf_token %}{{ form|crispy }}<button>Save</button></form>'
)
LIST = PAGES.from_string(
    "<!doctype html><title>Models</title><p>{{ user }}</p><table>{% for model in models %}"
    '<tr><td><a href="/models/{{ model.slug }}/">{{ model.name }}</a></td><td>{{ model.provider.name }}</td>'
    "<td>{{ model.context_window }}</td><td>{{ model.max_output }}</td><td>{{ model.approval }}</td></tr>"
    "{% endfor %}</table>"
)
ROWS = 50


class StepForm(forms.Form):
    """Six questions with four choices each."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for key in QUESTIONS:
            self.fields[key] = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect, label=f"Question {key}")


def step(request: HttpRequest, pk: str) -> HttpResponse:
    """Reads the answers, saves six, and shows the form again."""
    answers = dict(Answer.objects.filter(assessment=pk).values_list("question", "value"))
    form = StepForm(request.POST or None, initial=answers)
    if form.is_valid():
        with transaction.atomic():
            for key, value in form.cleaned_data.items():
                Answer.objects.filter(assessment=pk, question=key).update(value=value)
    return HttpResponse(PAGE.render({"form": form, "user": request.user}, request))


def model_list(request: HttpRequest) -> HttpResponse:
    models = Model.objects.select_related("provider").order_by("pk")[:ROWS]
    return HttpResponse(LIST.render({"models": models, "user": request.user}, request))


def own_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """These pages and not the portal's."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return answer


urlpatterns = [path("step/<uuid:pk>/", step), path("models/", model_list)]
