"""Changes to the catalog: loading it, editing a model or an offer, deciding on a model's approval."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Office, Team, User
from apps.accounts.permissions import require
from apps.audit.actions import record
from apps.catalog import loading
from apps.catalog.facts import Stored, lock_catalog, refresh, store
from apps.catalog.fields import MODEL_FIELDS, OFFER_FIELDS, PRICE_FIELDS, Field
from apps.catalog.matching import LINKED
from apps.catalog.models import Approval, Fact, Listing, Model, Offer, Provider, Source, StatementEdit

ADMIN_SOURCE = "admin"
PRICE_LIST = ("pricing", *PRICE_FIELDS, "price_tiers")
DAYS_PER_MONTH = 30
# Set by actions or derived; editing or restoring a model never touches them.
NOT_EDITED = (
    "lifecycle",
    "data_checked",
    "gone_since",
    "approval",
    "approval_by",
    "approval_at",
    "approval_reason",
    "approval_expires",
)


class ApprovalRefused(Exception):
    """The decision is not complete; the argument says what is missing."""


@transaction.atomic
def load_catalog(*, by: User | None, folder: Path | None = None) -> Stored:
    """Take the catalog's own files, all or nothing. Raises Refused; what was there stays."""
    files = loading.read_catalog(folder)
    state = lock_catalog()
    for provider in files.providers:
        Provider.objects.get_or_create(key=provider.key, defaults={"name": provider.name, "website": provider.website})
    total = Stored()
    for entry in files.sources:
        defaults = {"title": entry.title, "url": entry.url, "rank": entry.rank}
        source, _ = Source.objects.get_or_create(key=entry.key, defaults=defaults)
        # What a feed has listed since is the feed's: an older file must not take it back at every start.
        taken = set(Listing.objects.filter(source=source).values_list("model__slug", flat=True))
        total.add(store([o for o in files.observations.get(entry.key, ()) if o.slug not in taken], source))
    if total.anything_new:
        record(by=by, verb="catalog.loaded", subject=state, details=total.summary())
    return total


@transaction.atomic
def approve(
    *,
    by: User,
    model: Model,
    status: str,
    reason: str,
    expires: date | None = None,
    teams: Iterable[Team] = (),
) -> Model:
    """Decide on the use of a model. Raises ApprovalRefused if the reason, a team or a future end is missing."""
    require(by, "catalog.manage")
    return decide(by=by, model=model, status=status, reason=reason, expires=expires, teams=list(teams))


@transaction.atomic
def approve_all(
    *,
    by: User,
    models: Sequence[Model],
    status: str,
    reason: str,
    expires: date | None = None,
    teams: Iterable[Team] = (),
) -> int:
    """The same decision for several models: for all or, when it is refused, for none."""
    teams = list(teams)
    for model in models:
        approve(by=by, model=model, status=status, reason=reason, expires=expires, teams=teams)
    return len(models)


def decide(
    *, by: User | None, model: Model, status: str, reason: str, expires: date | None, teams: Sequence[Team]
) -> Model:
    check_decision(status, reason, expires, teams)
    lock_catalog()
    before = model.approval
    model.approval = status
    model.approval_by = by
    model.approval_at = timezone.now()
    model.approval_reason = reason.strip()
    model.approval_expires = expires
    model.full_clean()
    # The teams first: the history entry that save() writes then holds them.
    model.restricted_to.set(teams if status == Approval.RESTRICTED else [])
    model.save()
    details = {"before": before, "after": status, "reason": model.approval_reason, "expires": expires}
    record(by=by, verb="model.approval_decided", subject=model, details=details | {"teams": [t.name for t in teams]})
    return model


def check_decision(status: str, reason: str, expires: date | None, teams: Sequence[Team]) -> None:
    if status not in Approval.values:
        raise ApprovalRefused(f"There is no approval status {status}.")
    if not reason.strip():
        raise ApprovalRefused("Say why: the reason is shown with the decision.")
    if expires is not None and expires <= timezone.localdate():
        raise ApprovalRefused("The last day must be in the future.")
    if status == Approval.RESTRICTED and not teams:
        raise ApprovalRefused("Choose at least one team that may use the model.")


@transaction.atomic
def load_demo_approvals(*, folder: Path | None = None) -> int:
    """Decisions for the demo, only for models nobody has decided on."""
    entries = loading.read_approvals(folder)
    admin = User.objects.filter(office=Office.ADMIN, is_active=True).order_by("pk").first()
    decided = 0
    for entry in entries:
        teams = list(Team.objects.filter(name__in=entry.teams)) or list(Team.objects.all()[:1])
        expires = timezone.localdate() + timedelta(days=entry.months * DAYS_PER_MONTH) if entry.months else None
        for model in Model.objects.filter(slug__in=entry.models, approval_at=None):
            if entry.status == Approval.RESTRICTED and not teams:
                continue
            decide(by=admin, model=model, status=entry.status, reason=entry.reason, expires=expires, teams=teams)
            decided += 1
    return decided


@transaction.atomic
def save_model(*, by: User, model: Model) -> Model:
    """Store an admin's edit: what differs from before becomes a fact of the source "admin"; emptied fields go back to
    what the other sources say."""
    require(by, "catalog.manage")
    lock_catalog()
    before = Model.objects.filter(pk=model.pk).first()
    if before is not None:
        for name in NOT_EDITED:
            setattr(model, name, getattr(before, name))
    model.full_clean()
    model.save()
    changed = edited_fields(model, before or Model(), MODEL_FIELDS)
    state_as_admin(model, None, changed)
    refresh([model])
    record(by=by, verb="model.edited" if before else "model.added", subject=model, details={"fields": sorted(changed)})
    return model


@transaction.atomic
def save_offer(*, by: User, offer: Offer) -> Offer:
    """Like save_model; when any price changes, the whole price list becomes the admin's."""
    require(by, "catalog.manage")
    lock_catalog()
    before = Offer.objects.filter(pk=offer.pk).first()
    offer.leading = before.leading if before else False
    offer.full_clean()
    offer.save()
    changed = edited_fields(offer, before or Offer(), OFFER_FIELDS)
    if set(changed) & set(PRICE_LIST):
        changed |= {name: getattr(offer, name) for name in PRICE_LIST}
    state_as_admin(offer.model, offer, changed)
    refresh([offer.model])
    details = {"fields": sorted(changed), "provider": offer.provider.key}
    record(by=by, verb="offer.edited", subject=offer.model, details=details)
    return offer


@transaction.atomic
def remove_offer(*, by: User, offer: Offer) -> None:
    require(by, "catalog.manage")
    lock_catalog()
    model = offer.model
    record(by=by, verb="offer.removed", subject=model, details={"provider": offer.provider.key})
    offer.delete()
    refresh([model])


@transaction.atomic
def save_provider(*, by: User, provider: Provider) -> Provider:
    require(by, "catalog.manage")
    lock_catalog()
    provider.full_clean()
    provider.save()
    record(by=by, verb="provider.saved", subject=provider, details={"key": provider.key, "name": provider.name})
    return provider


@transaction.atomic
def prefer(*, by: User, fact: Fact) -> Fact:
    """Settle a difference between sources: the pages go by this one's value. For a price, by its whole price list."""
    require(by, "catalog.manage")
    lock_catalog()
    fields = PRICE_LIST if fact.field in PRICE_LIST else (fact.field,)
    same = Fact.objects.current().filter(model=fact.model, offer=fact.offer, field__in=fields)
    same.update(preferred=False)
    same.filter(source=fact.source).update(preferred=True)
    fact.refresh_from_db()
    refresh([fact.model])
    details = {"field": fact.field, "value": fact.value, "source": fact.source.key}
    record(by=by, verb="model.source_preferred", subject=fact.model, details=details)
    return fact


def edited_fields(row: Model | Offer, before: Model | Offer, fields: dict[str, Field] | Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in fields if getattr(row, name) != getattr(before, name)}


def state_as_admin(model: Model, offer: Offer | None, values: dict[str, Any]) -> None:
    fields = MODEL_FIELDS if offer is None else OFFER_FIELDS
    source, _ = Source.objects.get_or_create(key=ADMIN_SOURCE, defaults={"title": "Entered by an admin", "rank": 1})
    today = timezone.localdate()
    edited = Fact.objects.current().filter(model=model, offer=offer, field__in=values)
    edited.update(preferred=False)
    edited.filter(source=source).update(superseded_on=today)
    Fact.objects.bulk_create(
        Fact(
            model=model,
            offer=offer,
            field=name,
            value=fields[name].read(value),
            source=source,
            since=today,
            as_of=today,
        )
        for name, value in values.items()
        if value not in (None, "", [])
    )


@transaction.atomic
def edit_statement(*, by: User, edit: StatementEdit) -> StatementEdit:
    """Pin, hide or rewrite one sentence of a model's page; kept across imports, shown as edited."""
    require(by, "catalog.manage")
    lock_catalog()
    edit.by = by
    edit.full_clean()
    edit.save()
    details = {"rule": edit.rule_id, "kind": edit.kind, "text": edit.text}
    record(by=by, verb="model.statement_edited", subject=edit.model, details=details)
    return edit


@transaction.atomic
def undo_statement_edit(*, by: User, edit: StatementEdit) -> None:
    require(by, "catalog.manage")
    lock_catalog()
    record(by=by, verb="model.statement_edit_undone", subject=edit.model, details={"rule": edit.rule_id})
    edit.delete()


@transaction.atomic
def link_listing(*, by: User, listing: Listing, model: Model) -> Listing:
    """Say which model a listing speaks of. An alias only points at another one; any other moves its figures."""
    require(by, "catalog.manage")
    lock_catalog()
    before = listing.model
    listing.model, listing.rule, listing.needs_link = model, LINKED, False
    listing.save()
    if before is not None and before != model and not listing.is_alias:
        move_figures(before, model, listing.source)
    refresh([model])
    details = {"listing": listing.external_id, "source": listing.source.key, "before": before.slug if before else None}
    record(by=by, verb="model.listing_linked", subject=model, details=details)
    return listing


def move_figures(before: Model, model: Model, source: Source) -> None:
    """Where the source lists `before` under other ids too, nobody knows here which of them said what: its next import
    sorts that out. The entry a listing had made for itself is unlisted once nothing else speaks of it."""
    listings = before.listings.filter(is_alias=False)
    if not listings.filter(source=source).exists():
        move_facts(before, model, source)
    if not listings.exists() and not before.facts.filter(superseded_on=None).exclude(source=source).exists():
        before.listed = False
        before.save(update_fields=["listed", "updated_at"])
    refresh([before])


def move_facts(before: Model, model: Model, source: Source) -> None:
    """Only what the model does not have from that source already; the next import confirms or corrects it."""
    taken = {offer.provider_id: offer for offer in model.offers.all()}
    for offer in before.offers.filter(facts__source=source).distinct():
        if offer.provider_id not in taken:
            offer.model, offer.leading = model, False
            offer.save()
            offer.facts.update(model=model)
    stated = Fact.objects.current().filter(model=model, offer=None, source=source).values("field")
    before.facts.filter(offer=None, source=source).exclude(field__in=stated).update(model=model)
