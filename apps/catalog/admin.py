"""Where admins keep the catalog: edit models and offers, decide on approvals, settle differing sources."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db import OperationalError
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from simple_history.admin import SimpleHistoryAdmin

from apps.audit.admin import ReadOnlyAdmin
from apps.catalog import actions
from apps.catalog.forms import (
    ApprovalForm,
    ImportForm,
    LinkForm,
    ModelForm,
    OfferForm,
    StatementEditForm,
    StatementEditFormSet,
    name_and_id,
)
from apps.catalog.importing import Imported
from apps.catalog.models import (
    Fact,
    Listing,
    Model,
    Offer,
    PendingImport,
    Provider,
    Snapshot,
    Source,
    StatementEdit,
)
from apps.catalog.observations import Refused
from apps.catalog.pending import NoLongerWaiting, ShownTooEarly, confirm_import, keep_for_confirmation
from apps.catalog.profile import counted, load_profile
from apps.catalog.queries import assessments_about
from apps.catalog.rules import profile_rules
from apps.catalog.templatetags.catalog import offer_price

SHOWN_PROBLEMS = 10
BUSY = "Another import is being stored. Nothing is lost: try again in a minute."
SHOWN_TOO_EARLY = "Another list has been imported since this difference was worked out. Here is what would change now."
NOT_WAITING = "This upload is not waiting any more: it is imported, or a newer upload took its place."
DECISION_FIELDS = ["approval", "approval_by", "approval_at", "approval_reason", "approval_expires", "restricted_to"]


class StalenessFilter(admin.SimpleListFilter):
    title = "data checked"
    parameter_name = "checked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("stale", "needs checking"), ("fresh", "recently")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        limit = timezone.localdate() - timedelta(days=profile_rules().stale_after_days)
        if self.value() == "fresh":
            return queryset.filter(data_checked__gte=limit)
        return queryset.exclude(data_checked__gte=limit) if self.value() == "stale" else queryset


class DisputeFilter(admin.SimpleListFilter):
    title = "sources"
    parameter_name = "sources"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("disagree", "disagree on a figure")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        if self.value() != "disagree":
            return queryset
        # As on the model's page: its own figures and those of its leading offer.
        shown = Fact.objects.current().filter(Q(offer=None) | Q(offer__leading=True)).values("model", "offer", "field")
        said = shown.annotate(values=Count("value", distinct=True), settled=Count("pk", filter=Q(preferred=True)))
        disputed = said.filter(values__gt=1, settled=0)
        return queryset.filter(pk__in=disputed.values("model"))


class OfferInline(admin.StackedInline):
    model = Offer
    form = OfferForm
    extra = 0
    autocomplete_fields = ["provider"]
    fields = [
        ("provider", "pricing"),
        ("input_price", "output_price"),
        ("cached_input_price", "cache_write_price"),
        ("batch_input_price", "batch_output_price"),
        "price_tiers",
        ("context_window", "max_output"),
        ("gone_since", "leading"),
    ]
    readonly_fields = ["leading"]


# What Django admin does with the rows below a model, through the same actions as everybody.
CHILDREN: dict[type[Any], tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    Offer: (
        lambda by, row: actions.save_offer(by=by, offer=row),
        lambda by, row: actions.remove_offer(by=by, offer=row),
    ),
    StatementEdit: (
        lambda by, row: actions.edit_statement(by=by, edit=row),
        lambda by, row: actions.undo_statement_edit(by=by, edit=row),
    ),
}


class StatementEditInline(admin.StackedInline):
    model = StatementEdit
    form = StatementEditForm
    formset = StatementEditFormSet
    extra = 0
    readonly_fields = ["by", "at"]


@admin.register(Model)
class ModelAdmin(SimpleHistoryAdmin):  # type: ignore[misc]
    form = ModelForm
    list_display = ["name", "slug", "provider", "approval", "approval_expires", "lifecycle", "price", "data_checked"]
    list_filter = ["approval", StalenessFilter, DisputeFilter, "lifecycle", "listed", "open_weights", "provider"]
    list_select_related = ["provider"]
    search_fields = ["name", "slug", "provider__name"]
    autocomplete_fields = ["provider", "successor"]
    readonly_fields = ["lifecycle", "data_checked", "used_in", "sources", *DECISION_FIELDS]
    actions = ["decide"]
    history_list_display = ["approval", "approval_reason"]
    fieldsets = [
        (None, {"fields": [("name", "slug"), ("provider", "listed"), "used_in", "sources"]}),
        ("Approval", {"fields": DECISION_FIELDS, "description": "Decided in the list: “Decide on approval…”."}),
        ("Limits", {"fields": [("context_window", "max_input", "max_output")]}),
        ("What it can do", {"fields": ["input_modalities", "output_modalities", "parameters"]}),
        (None, {"fields": [("tools", "structured_outputs", "reasoning"), ("open_weights", "latency")]}),
        ("Dates", {"fields": [("listed_on", "released_on", "knowledge_cutoff"), "data_checked"]}),
        ("End", {"fields": ["lifecycle", ("deprecated", "end_of_life", "gone_since"), "successor"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        found: QuerySet[Model] = super().get_queryset(request)
        return found.prefetch_related("offers")

    @admin.display(description="input / output per 1M")
    def price(self, model: Model) -> str:
        offer = next((offer for offer in model.offers.all() if offer.leading), None)
        return f"{offer_price(offer, 'input_price')} / {offer_price(offer, 'output_price')}"

    @admin.display(description="used in")
    def used_in(self, model: Model) -> str:
        """What a change of the model touches; the page behind it belongs to a room that sees the assessments."""
        if not model.pk:
            return "nothing yet"
        words = counted(assessments_about([model])[model.pk], "assessment")
        return format_html(
            '<a href="{}">{}; what it touches</a>', reverse("dashboard:impact", args=[model.slug]), words
        )

    @admin.display(description="sources")
    def sources(self, model: Model) -> str:
        """On what they disagree, and where that is settled."""
        if not model.pk:
            return "none yet"
        facts = f"{reverse('admin:catalog_fact_changelist')}?model__id__exact={model.pk}&state=current"
        rows = []
        for said in load_profile(model, timezone.localdate()).disputes:
            values = " / ".join(f"{one.shown} ({one.source}, {one.as_of})" for one in (said, *said.others))
            rows.append((f"{said.label}: {values}", f"{facts}&field={said.field}"))
        disputes = format_html_join("", '<p>{}; <a href="{}">go by another of them</a></p>', rows)
        return format_html('{}<p><a href="{}">all facts</a></p>', disputes, facts)

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list[type[Any]]:
        """What is not stored yet has no page, and so no sentences."""
        return [OfferInline, StatementEditInline] if obj else [OfferInline]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A model that vanished is a state; one entered by mistake is unlisted. Nothing is deleted."""
        return False

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        actions.save_model(by=request.user, model=obj)  # type: ignore[arg-type]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        save, remove = CHILDREN[formset.model]
        for row in formset.save(commit=False):
            save(request.user, row)
        for row in formset.deleted_objects:
            remove(request.user, row)

    @admin.action(description="Decide on approval…")
    def decide(self, request: HttpRequest, queryset: QuerySet[Model]) -> HttpResponse | None:
        """First shows the page that asks for the decision, then records it for each model."""
        form = ApprovalForm(request.POST if "decided" in request.POST else None)
        if form.is_bound and form.is_valid():
            try:
                decided = actions.approve_all(by=request.user, models=list(queryset), **form.decision())  # type: ignore[arg-type]
            except actions.ApprovalRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                self.message_user(request, f"Recorded for {counted(decided, 'model')}.", messages.SUCCESS)
                return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Decide on approval",
            "opts": self.model._meta,
            "form": form,
            "models": queryset.select_related("provider"),
        }
        return TemplateResponse(request, "admin/catalog/decide.html", context, status=422 if form.errors else 200)


@admin.register(Provider)
class ProviderAdmin(SimpleHistoryAdmin):  # type: ignore[misc]
    list_display = ["name", "key", "website"]
    search_fields = ["name", "key"]

    def has_delete_permission(self, request: HttpRequest, obj: Provider | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Provider, form: Any, change: bool) -> None:
        actions.save_provider(by=request.user, provider=obj)  # type: ignore[arg-type]


class CurrentFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("current", "current"), ("superseded", "superseded")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Fact]) -> QuerySet[Fact]:
        if self.value() == "current":
            return queryset.filter(superseded_on=None)
        return queryset.exclude(superseded_on=None) if self.value() == "superseded" else queryset


@admin.register(Fact)
class FactAdmin(ReadOnlyAdmin):
    list_display = ["model", "field", "shown_value", "source", "as_of", "since", "superseded_on", "preferred"]
    list_filter = [CurrentFilter, "source", "preferred", "field"]
    list_select_related = ["model", "source", "offer__provider"]
    search_fields = ["model__name", "model__slug"]
    actions = ["go_by_this"]

    @admin.display(description="value", ordering=F("field"))
    def shown_value(self, fact: Fact) -> str:
        return f"{fact.value} ({fact.offer.provider})" if fact.offer else str(fact.value)

    @admin.action(description="Go by this value", permissions=["view"])
    def go_by_this(self, request: HttpRequest, queryset: QuerySet[Fact]) -> None:
        for fact in queryset.filter(superseded_on=None).select_related("model", "offer", "source"):
            actions.prefer(by=request.user, fact=fact)  # type: ignore[arg-type]
        self.message_user(request, "The pages now go by these values; the other sources are still shown.")


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ["title", "key", "rank", "url"]


class ModelChoices(AutocompleteJsonView):
    """What the search for a model offers, with ids: several models may have one name."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return super().serialize_result(obj, to_field_name) | {"text": name_and_id(obj)}


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    """How sources name models; what no rule could match waits here to be linked."""

    list_display = ["external_id", "name", "source", "model", "rule", "needs_link", "is_alias"]
    list_filter = ["needs_link", "is_alias", "rule", "source"]
    list_select_related = ["source", "model"]
    search_fields = ["external_id", "name", "model__slug"]
    actions = ["link"]

    @admin.action(description="Link to a model…", permissions=["view"])
    def link(self, request: HttpRequest, queryset: QuerySet[Listing]) -> HttpResponse | None:
        form = LinkForm(request.POST if "decided" in request.POST else None)
        if form.is_bound and form.is_valid():
            for listing in queryset.select_related("model", "source"):
                actions.link_listing(by=request.user, listing=listing, model=form.cleaned_data["model"])  # type: ignore[arg-type]
            self.message_user(request, f"Linked to {form.cleaned_data['model']}.", messages.SUCCESS)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Link to a model",
            "opts": self.model._meta,
            "form": form,
            "listings": queryset.select_related("source", "model"),
        }
        return TemplateResponse(request, "admin/catalog/link.html", context, status=422 if form.errors else 200)

    def get_urls(self) -> list[Any]:
        models = self.admin_site.admin_view(ModelChoices.as_view(admin_site=self.admin_site))
        return [path("models/", models, name="catalog_listing_models"), *super().get_urls()]


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    list_display = ["source", "as_of", "records", "refused_number", "taken_at", "taken_by"]
    list_filter = ["source"]
    list_select_related = ["source", "taken_by"]
    change_list_template = "admin/catalog/snapshots.html"

    @admin.display(description="refused")
    def refused_number(self, snapshot: Snapshot) -> int:
        return int(snapshot.summary.get("refused", 0))

    def get_urls(self) -> list[Any]:
        own = [
            path("import/", self.admin_site.admin_view(self.upload), name="catalog_import"),
            path("import/<int:pk>/", self.admin_site.admin_view(self.confirm), name="catalog_import_confirm"),
        ]
        return own + super().get_urls()

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Tries the feed out and keeps what it would change; nothing has changed yet."""
        form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
        if form.is_bound and form.is_valid():
            data = form.cleaned_data
            try:
                pending = keep_for_confirmation(
                    by=request.user,  # type: ignore[arg-type]
                    format=data["format"],
                    as_of=data["as_of"],
                    text=data["feed"],
                )
            except Refused as refused:
                for problem in reversed(refused.problems[-SHOWN_PROBLEMS:]):
                    form.add_error("feed", str(problem))
            except OperationalError:
                form.add_error(None, BUSY)
            else:
                return redirect("admin:catalog_import_confirm", pending.pk)
        return self.page(request, "upload", {"title": "Import a model list", "form": form}, 422 if form.errors else 200)

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the difference as it was worked out at the upload; takes it in when it is posted."""
        if request.method == "POST":
            return self.take_in(request, pk)
        pending = PendingImport.objects.defer("text").filter(pk=pk, by=request.user.pk).first()
        if pending is None:
            return self.no_longer_waiting(request, pk)
        context = {"title": "What would change", "pending": pending, **pending.preview}
        return self.page(request, "difference", context)

    def take_in(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Whatever goes wrong, the upload is still there, and so is the page that shows it."""
        here = redirect("admin:catalog_import_confirm", pk)
        try:
            result = confirm_import(by=request.user, pk=pk, accept_gone="accept_gone" in request.POST)  # type: ignore[arg-type]
        except NoLongerWaiting:
            return self.no_longer_waiting(request, pk)
        except ShownTooEarly:
            self.message_user(request, SHOWN_TOO_EARLY, messages.WARNING)
            return here
        except OperationalError:
            self.message_user(request, BUSY, messages.ERROR)
            return here
        except Refused as refused:
            self.message_user(request, f"Not imported: the list {refused.problems[-1].reason}", messages.ERROR)
            return here
        self.message_user(request, imported_words(result), messages.SUCCESS)
        return redirect("admin:catalog_snapshot_changelist")

    def no_longer_waiting(self, request: HttpRequest, pk: int) -> HttpResponse:
        if PendingImport.objects.filter(pk=pk).exists():
            raise Http404  # somebody else's
        self.message_user(request, NOT_WAITING, messages.WARNING)
        return redirect("admin:catalog_snapshot_changelist")

    def page(self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        everything = {**self.admin_site.each_context(request), "opts": self.model._meta, **context}
        return TemplateResponse(request, f"admin/catalog/{name}.html", everything, status=status)


def imported_words(result: Imported) -> str:
    if result.repeated:
        return "This list was in the catalog already: nothing changed."
    numbers = result.summary()
    kept = ("models added", "values changed", "models gone", "refused", "to be linked")
    return f"Imported. Records: {numbers['records']}, " + ", ".join(f"{name}: {numbers[name]}" for name in kept) + "."
