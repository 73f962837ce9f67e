"""What a page may claim and what its facts must show for it, apart from the rules that make the claims."""

import re
from collections.abc import Callable
from decimal import Decimal

from apps.catalog.models import Model
from apps.catalog.profile import Profile
from apps.ui import formats

OUTSIDE = {"image", "audio", "video"}
UNREAD = re.compile(r"embed|rerank|\b(bge|gte|e5|voyage)\b")
FIGURE = re.compile(r"\$[\d,.]*\d|\d[\d,.]* tokens")
# A claim is a pattern over everything a page says, and what the facts must show for it.
CLAIMS: list[tuple[str, Callable[[Model, Profile], bool]]] = [
    (r"making images|drafts of images", lambda m, p: "image" in m.output_modalities),
    (r"making speech|for speech and sound", lambda m, p: "audio" in m.output_modalities),
    (r"making video|drafts of video", lambda m, p: "video" in m.output_modalities),
    (r"Made images, sound and video", lambda m, p: bool(OUTSIDE & set(m.output_modalities))),
    (r"a few pages at most|of context is little", lambda m, p: 0 < (m.context_window or 0) < 16_000),
    (r"sizeable working set|capacity for prompts", lambda m, p: (m.context_window or 0) >= 16_000),
    (r"last day, .* has passed", lambda m, p: m.end_of_life is not None and m.end_of_life < p.today),
    (r"too few facts|only after a trial of your own", lambda m, p: not p.knowledge.workloads),
    (r"is not fully on record", lambda m, p: not (m.input_modalities and m.output_modalities)),
    (r"second opinion|governed assistants|Fluent text", lambda m, p: gives_text(m, p)),
    (r"until it is on record what it gives", lambda m, p: not gives_text(m, p)),
    (r"who can be heard or seen", lambda m, p: not {"image", "file"} & set(m.input_modalities)),
    (r"a default has to last", lambda m, p: m.lifecycle in ("deprecated", "gone")),
    (r"It depends|That depends on the mix|Rarely\. At", lambda m, p: m.lifecycle == "active" and not is_out(m, p)),
    (r"low-latency|people wait", lambda m, p: m.latency == "low"),
    (r"multimodal|images or mixed input|beyond text", lambda m, p: bool(set(m.input_modalities) - {"text"})),
    (r"cost-efficient|cost-sensitive|strict budget", lambda m, p: price(p) is not None and price(p) <= Decimal("0.3")),
    (r"premium", lambda m, p: price(p) is not None and price(p) > Decimal("2.5")),
    (r"balanced", lambda m, p: price(p) is not None and Decimal("0.3") < price(p) <= Decimal("2.5")),
    (r"call (approved )?tools|[Tt]ool calls", lambda m, p: m.tools is True and "tool_choice" in m.parameters),
    (r"multi-step reasoning|hidden output tokens|analysis in several", lambda m, p: m.reasoning is True),
    (r"[Uu]ltra-long", lambda m, p: (m.context_window or 0) >= 1_000_000),
    (r"(?<!ultra-)\blong context", lambda m, p: 200_000 <= (m.context_window or 0) < 1_000_000),
    (r"[Ss]tandard context", lambda m, p: 0 < (m.context_window or 0) < 200_000),
    (r"weights are open", lambda m, p: m.open_weights is True),
    (r"answers to a schema", lambda m, p: m.structured_outputs is True),
    (r"free of charge|Free (access|offers)", lambda m, p: p.leading is not None and p.leading.pricing == "free"),
    (r"price per token (is|are) not on record|none per token is on record", lambda m, p: price(p) is None),
    (r"output price is not on record", lambda m, p: p.leading is not None and p.leading.output_price is None),
    (r"context window is not on record", lambda m, p: m.context_window is None),
    (r"end has been announced", lambda m, p: m.lifecycle == "deprecated"),
    (r"no longer lists it", lambda m, p: m.lifecycle == "gone"),
    (r"It answers in text", lambda m, p: gives_text(m, p)),
    (r"internal text that its reader", lambda m, p: {"text"} <= set(m.input_modalities) & set(m.output_modalities)),
    (r"does not use it for new work|Do not start new work|any remaining use", lambda m, p: is_out(m, p)),
    (r"paired with policy guardrails|where the fallback", lambda m, p: not is_out(m, p)),
]


def price(profile: Profile) -> Decimal:
    return profile.leading.input_price if profile.leading else None  # type: ignore[return-value]


def is_out(model: Model, profile: Profile) -> bool:
    return model.approval_on(profile.today) in ("blocked", "retired")


def gives_text(model: Model, profile: Profile) -> bool:
    """Where only input is paid for, nobody reads what comes out: embeddings, rankings. Their ids say it too."""
    paid = profile.leading.output_price if profile.leading else None
    return "text" in model.output_modalities and paid != 0 and not UNREAD.search(model.slug)


def unfounded(model: Model, profile: Profile) -> list[str]:
    """Claims the facts do not show, and figures that are none of the model's."""
    said = "\n".join(text_of(profile, section) for section in profile.sections).replace(model.name, "")
    claims = [pattern for pattern, holds in CLAIMS if re.search(pattern, said) and not holds(model, profile)]
    return claims + sorted(set(FIGURE.findall(said)) - figures_of(model, profile))


def figures_of(model: Model, profile: Profile) -> set[str]:
    """As a page writes them; the mixed price is worked out here once more."""
    offer = profile.leading
    prices = [offer.input_price, offer.output_price] if offer else []
    if offer and offer.input_price is not None and offer.output_price is not None:
        prices.append((offer.input_price * 3 + offer.output_price) / 4)
    figures = {formats.money(price) for price in prices if price is not None}
    return figures | {f"{count:,} tokens" for count in (model.context_window, model.max_input) if count}


def text_of(profile: Profile, section: str) -> str:
    return "\n".join(f"{statement.question} {statement.text}" for statement in profile.sections[section])
