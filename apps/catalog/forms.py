"""What the catalog's pages accept, from the address and from forms."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property

from apps.accounts.models import Team
from apps.catalog.costs import Work
from apps.catalog.feeds import FIRST_DAY, LARGEST_FEED, check_day, day_in, text_of
from apps.catalog.fields import MODALITIES, Unreadable, read_parameters, read_tiers
from apps.catalog.importers import FORMATS
from apps.catalog.index import FACETS, SORTS, Index, Selection
from apps.catalog.models import Approval, Listing, Model, Offer, Pricing, StatementEdit
from apps.catalog.observations import Refused
from apps.catalog.profile import load_profile, sentences_of
from apps.catalog.tiers import read_tier, write_tier
from apps.ui import formats

LONGEST_SEARCH = 100
MOST_WORDS = 8
LARGEST_TOKENS = 1_000_000


class Filters:
    """The list's address, read strictly: what is not known is reported, the rest still filters."""

    def __init__(self, data: QueryDict, index: Index) -> None:
        self.errors: list[str] = []
        self.query = self._query(data.get("q", ""))
        self.sort = self._sort(data.get("sort", "name"))
        self.ticked = self._ticked(data, index)

    @property
    def selection(self) -> Selection:
        return Selection(words=tuple(self.query.lower().split()), ticked=self.ticked, sort=self.sort)

    @property
    def active(self) -> int:
        return bool(self.query) + sum(len(values) for values in self.ticked.values())

    def as_query(self) -> str:
        """The same selection as an address, for the exports."""
        pairs = [(key, value) for key, values in self.ticked.items() for value in values]
        return urlencode([("q", self.query), ("sort", self.sort), *pairs])

    def _query(self, text: str) -> str:
        if len(text) > LONGEST_SEARCH or len(text.split()) > MOST_WORDS:
            self.errors.append(f"Search for at most {MOST_WORDS} words and {LONGEST_SEARCH} characters.")
            return ""
        return text.strip()

    def _sort(self, name: str) -> str:
        if name not in SORTS:
            self.errors.append("There is no such order. Models are sorted by name.")
            return "name"
        return name

    def _ticked(self, data: QueryDict, index: Index) -> Mapping[str, tuple[str, ...]]:
        ticked = {}
        for facet in FACETS:
            given = tuple(dict.fromkeys(data.getlist(facet.key)))
            known = tuple(value for value in given if index.knows(facet.key, value))
            if len(known) < len(given):
                self.errors.append(
                    f"{facet.title}: one of the values asked for is not in the catalog. It was left out."
                )
            if known:
                ticked[facet.key] = known
        return ticked


def chosen_slugs(data: QueryDict, most: int) -> tuple[list[str], str]:
    """The models an address names, each once, and what is wrong with it."""
    slugs = list(dict.fromkeys(slug for slug in data.getlist("model") if slug))
    problem = f"At most {most} models at once: the first {most} are shown." if len(slugs) > most else ""
    return [slug for slug in slugs if len(slug) <= 120][:most], problem


def whole_number(label: str, least: int, most: int, *, required: bool = True) -> forms.IntegerField:
    wrong = f"Enter a whole number from {formats.number(least)} to {formats.number(most)}."
    errors = dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong)
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=required, error_messages=errors)


class CostForm(forms.Form):
    requests = whole_number("Requests a day", 1, 100_000_000)
    tokens_in = whole_number("Tokens in, per request", 1, LARGEST_TOKENS)
    tokens_out = whole_number("Tokens out, per request", 0, LARGEST_TOKENS)
    cached = whole_number("Share of input read from cache, in per cent", 0, 100, required=False)
    batch = forms.BooleanField(label="Batch prices, answers within a day", required=False)

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"requests": 1000, "tokens_in": 1500, "tokens_out": 400, "cached": 0}

    def work(self) -> Work:
        values = self.cleaned_data
        return Work(
            values["requests"], values["tokens_in"], values["tokens_out"], values["cached"] or 0, values["batch"]
        )


class NamesField(forms.CharField):
    """A list of names, written with commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        names = [name.strip() for name in super().clean(value).split(",")]
        try:
            return read_parameters([name for name in names if name])
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ModelForm(forms.ModelForm):
    """A model as an admin edits it. Every value entered becomes a fact of the source “Entered by an admin”."""

    input_modalities = forms.MultipleChoiceField(
        choices=[(name, name) for name in MODALITIES], widget=forms.CheckboxSelectMultiple, required=False
    )
    output_modalities = forms.MultipleChoiceField(
        choices=[(name, name) for name in MODALITIES], widget=forms.CheckboxSelectMultiple, required=False
    )
    parameters = NamesField(
        required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="Names with commas: max_tokens, tools"
    )

    class Meta:
        model = Model
        fields = "__all__"  # noqa: DJ007 (the admin's fieldsets say which; decisions are read-only there)


class TiersField(forms.CharField):
    """Prices of long inputs, a line for each length: `above 200000: 4 in, 18 out, 0.4 cached in`."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(write_tier, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        try:
            return read_tiers([read_tier(line) for line in lines]) if lines else []
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class OfferForm(forms.ModelForm):
    price_tiers = TiersField(
        label="Prices of long inputs",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text="A line for each length, in US$ per 1M tokens for the whole request: "
        "above 200000: 4 in, 18 out, 0.4 cached in",
    )

    class Meta:
        model = Offer
        fields = "__all__"  # noqa: DJ007 (the inline says which)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Prices without the zeros the database fills up with."""
        super().__init__(*args, **kwargs)
        for name, value in self.initial.items():
            if isinstance(value, Decimal):
                self.initial[name] = Decimal(f"{value.normalize():f}")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("price_tiers") and found.get("pricing") != Pricing.METERED:
            self.add_error("price_tiers", "Only an offer that is priced per token has prices of long inputs.")
        return found


class ApprovalForm(forms.Form):
    """A decision on one or several models."""

    status = forms.ChoiceField(choices=Approval.choices, initial=Approval.APPROVED)
    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Shown with the decision on the model's page.",
    )
    expires = forms.DateField(
        required=False,
        label="Holds until",
        help_text="The last day. Empty: no end.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), required=False, help_text="Only for “restricted”: the teams that may use it."
    )

    def decision(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("status", "reason", "expires", "teams")}


class DayInput(forms.DateInput):
    """The browser's own calendar, from the first day that makes sense to today."""

    input_type = "date"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        bounds = {"min": FIRST_DAY.isoformat(), "max": timezone.localdate().isoformat()}
        return super().get_context(name, value, bounds | (attrs or {}))


class ImportForm(forms.Form):
    format = forms.ChoiceField(choices=[(name, kind.title) for name, kind in FORMATS.items()])
    feed = forms.FileField(label="File", help_text="The list as downloaded, also gzipped, at most 64 MiB.")
    as_of = forms.DateField(
        label="As of",
        required=False,
        help_text="The day the list speaks of. Empty: the day in the file's name, else today.",
        widget=DayInput,
    )

    def clean_feed(self) -> str:
        upload = self.cleaned_data["feed"]
        if upload.size > LARGEST_FEED:
            raise forms.ValidationError("This file is larger than 64 MiB.")
        try:
            return text_of(upload.read())
        except Refused as refused:
            raise forms.ValidationError(f"This file {refused.problems[0].reason}.") from None

    def clean_as_of(self) -> date:
        day = self.cleaned_data["as_of"] or day_in(getattr(self.files.get("feed"), "name", ""))
        try:
            return check_day(day or timezone.localdate())
        except Refused as refused:
            raise forms.ValidationError(f"A list {refused.problems[0].reason}.") from None


class ModelSelect(AutocompleteSelect):
    """Searched as one types, by the same rules as elsewhere in admin; shows ids, for names are not unique."""

    url_name = "%s:catalog_listing_models"


class ModelChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return name_and_id(obj)


def name_and_id(model: Model) -> str:
    return f"{model.name} ({model.slug})"


class LinkForm(forms.Form):
    """Which model some listings speak of."""

    model = ModelChoiceField(
        Model.objects.all(),
        help_text="Search by name, id or provider.",
        widget=ModelSelect(Listing._meta.get_field("model"), admin.site, attrs={"data-width": "min(40em, 90vw)"}),
    )


class StatementEditForm(forms.ModelForm):
    rule_id = forms.ChoiceField(label="Sentence", widget=forms.Select(attrs={"class": "sentence"}))

    class Meta:
        model = StatementEdit
        fields = ["rule_id", "kind", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, sentences: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.ChoiceField = self.fields["rule_id"]  # type: ignore[assignment]
        field.choices = [("", "Choose a sentence"), *sentences]


class StatementEditFormSet(forms.BaseInlineFormSet):
    """All forms of a model offer its sentences, as they read on its page."""

    @cached_property
    def sentences(self) -> list[tuple[str, list[tuple[str, str]]]]:
        # As stored: what was typed beside them may be incomplete.
        model = Model.objects.select_related("provider").get(pk=self.instance.pk)
        return sentences_of(load_profile(model, timezone.localdate()))

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | {"sentences": self.sentences}
