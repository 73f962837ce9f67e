"""What is known about AI models: who makes them, who offers them at what price, and which source said so when.

Columns of Model and Offer hold the value the portal goes by; Fact holds what every source says, now and before.
`apps.catalog.facts` keeps the two in step.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxLengthValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from apps.accounts.models import Team

SLUG = RegexValidator(
    r"\A[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._:-]*\Z", "Write it as maker/name, like openai/gpt-4o-mini, in lower case."
)
KEY = RegexValidator(r"\A[a-z0-9][a-z0-9-]*\Z", "Use lower case letters, digits and hyphens.")
CUTOFF = RegexValidator(r"\A[12]\d{3}-[01]\d(-[0-3]\d)?\Z", "Write a month or a day: 2023-10 or 2023-10-31.")
NOT_NEGATIVE = MinValueValidator(Decimal(0))


class Provider(models.Model):
    """Who makes models, or sells access to them, or both."""

    key = models.CharField(max_length=60, unique=True, validators=[KEY])
    name = models.CharField(max_length=100, unique=True)
    website = models.URLField(blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """Where facts come from. Where sources disagree, the one with the lowest rank is gone by; all are shown."""

    key = models.CharField(max_length=60, unique=True, validators=[KEY])
    title = models.CharField(max_length=120)
    url = models.URLField(blank=True)
    rank = models.PositiveSmallIntegerField(default=50, help_text="Lower is trusted more.")

    class Meta:
        ordering = ["rank", "key"]

    def __str__(self) -> str:
        return self.title


class Lifecycle(models.TextChoices):
    ACTIVE = "active", "active"
    DEPRECATED = "deprecated", "end announced"
    GONE = "gone", "gone from its source"


class Approval(models.TextChoices):
    UNREVIEWED = "unreviewed", "unreviewed"
    APPROVED = "approved", "approved"
    RESTRICTED = "restricted", "restricted"
    BLOCKED = "blocked", "blocked"
    RETIRED = "retired", "retired"


NOT_FOR_NEW_WORK = (Approval.BLOCKED, Approval.RETIRED)


class ModelQuerySet(models.QuerySet["Model"]):
    def visible_to(self, user: Any) -> "ModelQuerySet":
        """Admins also see what is not listed."""
        return self if getattr(user, "is_admin", False) else self.filter(listed=True)

    def usable_by(self, team: Team | None, today: date) -> "ModelQuerySet":
        """Approved, or restricted to this team, the approval not expired, and still offered."""
        permitted = Q(approval=Approval.APPROVED)
        if team is not None:
            permitted |= Q(
                approval=Approval.RESTRICTED,
                pk__in=Model.restricted_to.through.objects.filter(team=team).values("model"),
            )
        in_force = Q(approval_expires=None) | Q(approval_expires__gte=today)
        return self.filter(permitted, in_force, listed=True).exclude(lifecycle=Lifecycle.GONE)


class Model(models.Model):
    slug = models.CharField("model id", max_length=120, unique=True, validators=[SLUG])
    name = models.CharField(max_length=120)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="models")
    listed = models.BooleanField(default=True, help_text="Untick to hide the model from everyone but admins.")

    context_window = models.PositiveIntegerField(null=True, blank=True, help_text="Tokens in and out together.")
    max_input = models.PositiveIntegerField("maximum input", null=True, blank=True, help_text="Tokens.")
    max_output = models.PositiveIntegerField("maximum output", null=True, blank=True, help_text="Tokens.")
    input_modalities = models.JSONField(default=list, blank=True)
    output_modalities = models.JSONField(default=list, blank=True)
    parameters = models.JSONField(default=list, blank=True)
    tools = models.BooleanField("calls tools", null=True, blank=True)
    structured_outputs = models.BooleanField(null=True, blank=True)
    reasoning = models.BooleanField(null=True, blank=True)
    open_weights = models.BooleanField(null=True, blank=True)
    deprecated = models.BooleanField(
        null=True, blank=True, help_text="A source says it will end, with or without a date."
    )
    latency = models.CharField(
        max_length=10, blank=True, choices=[("low", "low")], help_text="Only where a source says so."
    )
    knowledge_cutoff = models.CharField(max_length=10, blank=True, validators=[CUTOFF])
    listed_on = models.DateField("listing date", null=True, blank=True)
    released_on = models.DateField("release date", null=True, blank=True)
    data_checked = models.DateField(
        null=True, blank=True, help_text="When the oldest of the leading figures was last confirmed."
    )

    lifecycle = models.CharField(max_length=12, choices=Lifecycle.choices, default=Lifecycle.ACTIVE)
    end_of_life = models.DateField(null=True, blank=True)
    gone_since = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaces")

    approval = models.CharField(max_length=12, choices=Approval.choices, default=Approval.UNREVIEWED)
    approval_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approval_at = models.DateTimeField(null=True, blank=True)
    approval_reason = models.TextField(blank=True, max_length=1000, validators=[MaxLengthValidator(1000)])
    approval_expires = models.DateField(null=True, blank=True, help_text="The last day it holds.")
    restricted_to = models.ManyToManyField(Team, blank=True, related_name="models")

    updated_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords(m2m_fields=[restricted_to])
    objects = ModelQuerySet.as_manager()

    class Meta:
        ordering = ["name", "slug"]
        # So that asking on every page whether anything has changed reads no whole row.
        indexes = [models.Index(fields=["updated_at"], name="model_updated")]
        constraints = [
            models.CheckConstraint(condition=Q(approval__in=Approval.values), name="model_approval_known"),
            models.CheckConstraint(condition=Q(lifecycle__in=Lifecycle.values), name="model_lifecycle_known"),
            models.CheckConstraint(condition=Q(latency__in=["", "low"]), name="model_latency_known"),
            models.CheckConstraint(
                condition=Q(approval=Approval.UNREVIEWED) | Q(approval_at__isnull=False), name="model_approval_has_date"
            ),
            models.CheckConstraint(condition=~Q(successor=F("pk")), name="model_not_its_own_successor"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:model", args=[self.slug])

    def approval_on(self, today: date) -> str:
        """An expired approval counts as none."""
        in_force = self.approval_expires is None or self.approval_expires >= today
        return self.approval if in_force or self.is_barred else Approval.UNREVIEWED

    @property
    def is_barred(self) -> bool:
        """A refusal does not expire."""
        return self.approval in NOT_FOR_NEW_WORK


class Pricing(models.TextChoices):
    """What the price columns mean: nothing to pay, paid otherwise and not known are three things."""

    METERED = "metered", "per token"
    FREE = "free", "free of charge"
    INCLUDED = "included", "included in a subscription"
    UNKNOWN = "unknown", "not known"


def price(label: str) -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(
        label,
        max_digits=17,
        decimal_places=10,
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
        help_text="US$ per 1M tokens.",
    )


class Offer(models.Model):
    """One provider's price and limits for one model."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="offers")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="offers")
    pricing = models.CharField(max_length=10, choices=Pricing.choices, default=Pricing.UNKNOWN)
    input_price = price("input")
    output_price = price("output")
    cached_input_price = price("cached input")
    cache_write_price = price("cache write")
    batch_input_price = price("batch input")
    batch_output_price = price("batch output")
    price_tiers = models.JSONField(
        "prices of long inputs", default=list, blank=True, help_text="Above so many tokens in, the whole request."
    )
    context_window = models.PositiveIntegerField(null=True, blank=True)
    max_output = models.PositiveIntegerField("maximum output", null=True, blank=True)
    gone_since = models.DateField(null=True, blank=True)
    leading = models.BooleanField(default=False, help_text="The offer whose price stands for the model.")
    history = HistoricalRecords()

    class Meta:
        ordering = ["-leading", "provider__name"]
        constraints = [
            models.UniqueConstraint(fields=["model", "provider"], name="one_offer_per_model_and_provider"),
            models.UniqueConstraint(fields=["model"], condition=Q(leading=True), name="one_leading_offer_per_model"),
            models.CheckConstraint(condition=Q(pricing__in=Pricing.values), name="offer_pricing_known"),
            models.CheckConstraint(
                condition=~Q(pricing=Pricing.METERED) | Q(input_price__isnull=False), name="metered_offer_has_a_price"
            ),
            models.CheckConstraint(
                condition=Q(pricing=Pricing.METERED) | Q(input_price__isnull=True, output_price__isnull=True),
                name="only_metered_offers_have_prices",
            ),
            models.CheckConstraint(
                condition=Q(input_price__isnull=True) | Q(input_price__gte=0), name="offer_input_price_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(output_price__isnull=True) | Q(output_price__gte=0), name="offer_output_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} from {self.provider}"


class FactQuerySet(models.QuerySet["Fact"]):
    def current(self) -> "FactQuerySet":
        return self.filter(superseded_on=None)


class Fact(models.Model):
    """What one source says about one field, from `since` until `superseded_on`, last confirmed on `as_of`."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="facts")
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, null=True, blank=True, related_name="facts")
    field = models.CharField(max_length=40)
    value = models.JSONField(help_text="Prices as decimal text, dates as YYYY-MM-DD.")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="facts")
    since = models.DateField()
    as_of = models.DateField()
    superseded_on = models.DateField(null=True, blank=True)
    preferred = models.BooleanField(default=False, help_text="An admin decided for this source.")
    url = models.URLField(blank=True, help_text="Where exactly, if not the whole source.")
    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ["field", "source__rank", "-as_of", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "field", "source"],
                condition=Q(offer=None, superseded_on=None),
                name="one_current_fact_per_model_and_source",
            ),
            models.UniqueConstraint(
                fields=["offer", "field", "source"],
                condition=Q(offer__isnull=False, superseded_on=None),
                name="one_current_fact_per_offer_and_source",
            ),
            models.CheckConstraint(condition=Q(as_of__gte=F("since")), name="fact_confirmed_after_it_began"),
        ]

    def __str__(self) -> str:
        return f"{self.field} = {self.value} ({self.source_id}, {self.as_of})"


class CatalogState(models.Model):
    """One row. Its version grows with every change, in one transaction: writers lock it, caches are keyed by it."""

    version = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "catalog state"

    def __str__(self) -> str:
        return f"version {self.version}"


class Snapshot(models.Model):
    """One import of one feed: what it held, what was refused and what it changed."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="snapshots")
    as_of = models.DateField(help_text="The day the feed speaks of.")
    taken_at = models.DateTimeField(auto_now_add=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sha256 = models.CharField(max_length=64)
    records = models.PositiveIntegerField()
    summary = models.JSONField(default=dict)
    refused = models.JSONField(default=list, help_text="The first refused records, with place and reason.")

    class Meta:
        verbose_name = "import"
        ordering = ["-as_of", "-pk"]
        indexes = [models.Index(fields=["source", "-as_of"], name="snapshot_source_as_of")]

    def __str__(self) -> str:
        return f"{self.source}, {self.as_of}"


class Change(models.Model):
    """One difference a snapshot made, for the feed of changes."""

    class Kind(models.TextChoices):
        ADDED = "added", "added"
        CHANGED = "changed", "changed"
        GONE = "gone", "gone"
        RETURNED = "returned", "returned"

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="changes")
    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="changes")
    offer = models.ForeignKey(Offer, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    field = models.CharField(max_length=40, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    on = models.DateField()
    is_noise = models.BooleanField(
        default=False, help_text="Takes back a change made shortly before: nobody is alerted."
    )

    class Meta:
        ordering = ["-on", "-pk"]
        indexes = [
            models.Index(fields=["-on", "-id"], name="change_newest"),
            models.Index(fields=["model", "-on"], name="change_of_model"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["added", "changed", "gone", "returned"]), name="change_kind_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.kind} {self.field}".strip()


class Listing(models.Model):
    """Under which name a source lists a model, and by which rule the two were matched."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="listings")
    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True)
    model = models.ForeignKey(Model, on_delete=models.CASCADE, null=True, blank=True, related_name="listings")
    rule = models.CharField(max_length=40)
    needs_link = models.BooleanField(default=False, help_text="No rule found the model, or several fit.")
    is_alias = models.BooleanField(
        "alias", default=False, help_text="Points at a model, at another one tomorrow: brings no figures."
    )

    class Meta:
        verbose_name, verbose_name_plural = "name at a source", "names at sources"
        ordering = ["source", "external_id"]
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="one_listing_per_source_and_id")]

    def __str__(self) -> str:
        return f"{self.external_id} ({self.source})"


class StatementEdit(models.Model):
    """An admin's word on one sentence of a model's page. Imports never touch it."""

    class Kind(models.TextChoices):
        PIN = "pin", "always show"
        HIDE = "hide", "hide"
        REWRITE = "rewrite", "rewrite"

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="statement_edits")
    rule_id = models.CharField("sentence", max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(
        max_length=500, blank=True, validators=[MaxLengthValidator(500)], help_text="Only to rewrite."
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = "edited sentence", "edited sentences"
        ordering = ["rule_id"]
        constraints = [
            models.UniqueConstraint(fields=["model", "rule_id"], name="one_edit_per_model_and_sentence"),
            models.CheckConstraint(condition=Q(kind__in=["pin", "hide", "rewrite"]), name="statement_edit_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind="rewrite") | ~Q(text=""),
                name="rewritten_statement_has_text",
                violation_error_message="Write the sentence that should stand there instead.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.get_kind_display()}"


class PendingImport(models.Model):
    """A feed somebody uploaded and has not confirmed yet, with the difference it would make."""

    format = models.CharField(max_length=20)
    as_of = models.DateField()
    text = models.TextField()
    preview = models.JSONField(default=dict)
    after_snapshot = models.PositiveBigIntegerField(default=0, help_text="The latest import when that was worked out.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.format}, {self.as_of}"
