"""Kinds of event, each declared once: its fields, the levers it sets, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from model.spec.settings import LEVERS


@dataclass(frozen=True, slots=True)
class Sets:
    """One lever that an event sets.

    item: "" none, "tier", "label" or "service" the event's own, "tiers" each tier of its table, "every" each tier the
    service has, "labels" each label of the market: 1 for those that the event lists and 0 for the others (left alone
    when it lists none). value: a fixed value, or None for the event's own value of that lever (left alone when the
    event gives none).
    """

    lever: str
    item: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event.

    needs, may: names of fields. words: a sentence with the fields in braces. further: what is added to it for each of
    these fields that is given. item: the tier that the kind is about where no field names it.
    """

    name: str
    meaning: str
    needs: tuple[str, ...]
    sets: tuple[Sets, ...]
    words: str
    may: tuple[str, ...] = ()
    defaults: Mapping[str, float] = field(default_factory=dict)
    further: Mapping[str, str] = field(default_factory=dict)
    item: str = ""


ENTRIES = ("platform_enters", "new_competitor")
"""Kinds of event that bring a service into a market."""
FIELDS: dict[str, str] = {
    "date": 'month, "2023-01" or "2023-01-15"',
    "kind": "kind of event",
    "platform": "service",
    "markets": 'list of market codes, or "ALL" for every market of the run where the platform is present',
    "tier": "tier of the service",
    "label": "label",
    "tiers": "table of tiers and their prices, local currency per month",
    "labels": 'list of the labels that license the service at its entry, or "ALL"',
    "absorbs": "service that is taken over",
    "operator": "name of the telecom operator, for words",
    "about": "a sentence on the event",
    "source": "fact ids behind the event",
    "unusual": "whether a price far from the one before is meant (true or false)",
    **{lever.name: f"{lever.meaning}, {lever.unit}" for lever in LEVERS.values()},
}
_P, _T = ("platform", "markets"), ("platform", "markets", "tier")
_ENTRY = (Sets("quality", "tiers"), Sets("open", "tiers", 1.0), Sets("price", "tiers"), Sets("catalogue", "labels"),
          Sets("integration"), Sets("marketing"))  # fmt: skip
_QUALITY = ", quality {quality} against the best of its kind"
_LABELS = ", licensed by {labels} alone"

KINDS: dict[str, EventKind] = {
    kind.name: kind
    for kind in (
        EventKind("price_change", "a tier gets a new posted price", (*_T, "price"), (Sets("price", "tier"),),
                  "{platform} sets the price of its tier {tier} to {price} in {markets}", may=("unusual",)),
        EventKind("ad_load_change", "a tier plays more or less advertising", (*_T, "ad_load"),
                  (Sets("ad_load", "tier"),),
                  "{platform} sets advertising on its tier {tier} to {ad_load} minutes per hour in {markets}"),
        EventKind("restriction_change", "a tier becomes more or less limited", (*_T, "restriction"),
                  (Sets("restriction", "tier"),),
                  "{platform} sets the limits on its tier {tier} to {restriction} in {markets}"),
        EventKind("trial_change", "new payers of a tier get other free months", (*_T, "trial_months"),
                  (Sets("trial_months", "tier"),),
                  "{platform} gives new payers of its tier {tier} {trial_months} free months in {markets}"),
        EventKind("tier_closes", "a tier is no longer offered and its users must choose again", _T,
                  (Sets("open", "tier", 0.0),),
                  "{platform} closes its tier {tier} in {markets}"),
        EventKind("tier_opens", "a tier is offered (again); a tier new to the market needs a price", _T,
                  (Sets("open", "tier", 1.0), Sets("price", "tier")),
                  "{platform} opens its tier {tier}{at_price} in {markets}", may=("price", "unusual")),
        EventKind("platform_enters",
                  "a service starts in a market with these tiers and prices; its quality is that of its record "
                  "elsewhere or the declared one unless given, and every label licenses it unless labels are listed",
                  (*_P, "tiers"), _ENTRY,
                  "{platform} enters {markets} with {tiers}, integration with TikTok {integration}, "
                  "marketing {marketing}",
                  may=("integration", "marketing", "quality", "labels", "unusual"),
                  defaults={"integration": 0.0, "marketing": 1.0}, further={"quality": _QUALITY, "labels": _LABELS}),
        EventKind("new_competitor",
                  "a service that no market knows at the start enters, of a quality that the event states",
                  (*_P, "tiers", "quality"), _ENTRY,
                  "{platform}, a new competitor, enters {markets} with {tiers}" + _QUALITY + ", integration with "
                  "TikTok {integration}, marketing {marketing}",
                  may=("integration", "marketing", "labels", "unusual"),
                  defaults={"integration": 0.0, "marketing": 1.0}, further={"labels": _LABELS}),
        EventKind("platform_leaves", "a service closes all its tiers in a market", _P, (Sets("open", "every", 0.0),),
                  "{platform} leaves {markets}"),
        EventKind("merger",
                  "a service takes over another, whose offers close and whose users move to its tiers of their kind",
                  ("platform", "absorbs", "markets"), (Sets("takeover", "service", 1.0),),
                  "{platform} takes over {absorbs} in {markets}: {absorbs} closes and its users move to the tiers of "
                  "{platform} that are free as they listen free, paid as they pay; who finds none chooses again"),
        EventKind("telco_bundle", "a telecom operator gives a service to its customers, until tier_closes ends it",
                  (*_P, "operator", "bundle_base", "bundle_told", "bundle_fee"),
                  (Sets("quality", "tier"), Sets("open", "tier", 1.0), Sets("bundle_base"), Sets("bundle_told"),
                   Sets("bundle_fee"), Sets("ad_load", "tier"), Sets("restriction", "tier")),
                  "{operator} bundles {platform} in {markets} for its customers, {bundle_base} of people online, of "
                  "whom {bundle_told} hear of it at once, and pays {bundle_fee} for each user and month",
                  may=("ad_load", "restriction", "quality", "unusual"), item="bundle",
                  further={"quality": _QUALITY, "ad_load": ", advertising {ad_load} minutes per hour",
                           "restriction": ", limits {restriction}"}),
        EventKind("label_leaves", "a label takes its catalogue off a service", (*_P, "label"),
                  (Sets("catalogue", "label", 0.0),),
                  "the label {label} takes its catalogue off {platform} in {markets}"),
        EventKind("label_returns", "a label's catalogue comes (back) to a service", (*_P, "label"),
                  (Sets("catalogue", "label", 1.0),),
                  "the label {label} brings its catalogue to {platform} in {markets}"),
        EventKind("integration_change", "a service is tied closer to TikTok, or less close", (*_P, "integration"),
                  (Sets("integration"),),
                  "{platform}'s integration with TikTok becomes {integration} in {markets}"),
        EventKind("link_fee_change", "a service pays TikTok more or less for being linked to", (*_P, "link_fee"),
                  (Sets("link_fee"),),
                  "{platform} pays TikTok {link_fee} of its net revenue for links in {markets}"),
        EventKind("marketing_change", "a service spends more or less on marketing", (*_P, "marketing"),
                  (Sets("marketing"),),
                  "{platform}'s marketing becomes {marketing} times that of the start in {markets}"),
        EventKind("podcasts_change", "a service offers more or fewer podcasts and audiobooks", (*_P, "podcasts"),
                  (Sets("podcasts"),),
                  "{platform}'s podcasts and audiobooks reach the index {podcasts} in {markets}"),
        EventKind("tiktok_ban", "TikTok is forbidden", ("markets",),
                  (Sets("tiktok", "", 0.0),), "TikTok is banned in {markets}"),
        EventKind("tiktok_return", "TikTok is allowed (again)", ("markets",),
                  (Sets("tiktok", "", 1.0),), "TikTok is allowed in {markets}"),
        EventKind("clips_leave", "a label takes its music out of clips on TikTok", ("markets", "label"),
                  (Sets("clips", "label", 0.0),),
                  "the label {label} takes its music out of clips on TikTok in {markets}"),
        EventKind("clips_return", "a label's music may be used in clips on TikTok (again)", ("markets", "label"),
                  (Sets("clips", "label", 1.0),),
                  "the label {label} lets its music be used in clips on TikTok in {markets}"),
        EventKind("creator_share_change", "creators get another part of advertising beside their videos on TikTok",
                  ("markets", "creator_share"), (Sets("creator_share"),),
                  "creators' part of advertising beside their videos on TikTok becomes {creator_share} in {markets}"),
        EventKind("tiktok_ad_load_change", "TikTok shows more or fewer in-feed advertisements",
                  ("markets", "tiktok_ad_load"), (Sets("tiktok_ad_load"),),
                  "in-feed advertisements an hour on TikTok become {tiktok_ad_load} times those of the start in "
                  "{markets}"),
        EventKind("topview_change", "TikTok sells TopView on more or fewer days", ("markets", "topview_days"),
                  (Sets("topview_days"),),
                  "days of TopView sold on TikTok become {topview_days} times those of the start in {markets}"),
        EventKind("shop_change", "more or less is sold in TikTok's shop, which opens where it was not",
                  ("markets", "shop_sales"), (Sets("shop_sales"),),
                  "goods sold in TikTok's shop become {shop_sales} USD per hour of use in {markets}"),
        EventKind("sales_tax_change", "sales tax inside prices changes", ("markets", "sales_tax"), (Sets("sales_tax"),),
                  "sales tax becomes {sales_tax} of the net price in {markets}"),
        EventKind("app_store_fee_change", "the app stores' fee changes", ("markets", "app_store_fee"),
                  (Sets("app_store_fee"),),
                  "the app-store fee becomes {app_store_fee} of the price paid there in {markets}"),
    )
}  # fmt: skip
