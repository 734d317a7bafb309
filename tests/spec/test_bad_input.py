# ruff: noqa: E501 - one case a line
"""Every documented bad input: one clear message with place, rule, value and way out; all faults at once."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.spec.contracts import FIELDS as DEAL_FIELDS
from model.spec.contracts import NEEDS as DEAL_NEEDS
from model.spec.frame import KEYS
from model.spec.kinds import FIELDS, KINDS
from model.spec.scenario import Scenario
from model.spec.settings import LEVERS
from model.spec.talks import KEYS as TALKS_KEYS
from model.spec.talks import MONTHS, USERS, WANTED
from tests.spec.conftest import LABELS, TIERS, names_of

LEAVE = {"date": "2022-12", "kind": "label_leaves", "platform": "resso", "markets": ["IN"], "label": "sony"}
CHANGE = {
    "date": "2022-12",
    "kind": "price_change",
    "platform": "spotify",
    "markets": ["IN"],
    "tier": "individual",
    "price": 99,
}
ENTER = {
    "date": "2022-12",
    "kind": "platform_enters",
    "platform": "tiktok_music",
    "markets": ["US"],
    "tiers": {"premium": 9},
}

MERGER = {"date": "2022-12", "kind": "merger", "platform": "spotify", "absorbs": "gaana", "markets": ["IN"]}
BUNDLE = {
    "date": "2022-12",
    "kind": "telco_bundle",
    "platform": "spotify",
    "markets": ["IN"],
    "operator": "Airtel",
    "bundle_base": 0.3,
    "bundle_told": 0.5,
    "bundle_fee": 20,
}
RIVAL = {
    "date": "2022-12",
    "kind": "new_competitor",
    "platform": "newcomer",
    "markets": ["IN"],
    "tiers": {"individual": 99},
    "quality": 0,
}

DEAL = {"platform": "resso", "label": "sony", "markets": ["IN"], "end": "2024-09"}
CLIPS = {"platform": "tiktok", "label": "sony", "markets": ["US"], "end": "2024-09", "kind": "clips"}
TALKS = {"platforms": ["resso"]}


def deal(**fields):
    return {"deals": [{**DEAL, **fields}]}


def two(*rows):
    return {"deals": [{**DEAL, **row} for row in rows]}


def talks(**keys):
    return {"talks": {**TALKS, **keys}}


CASES = [
    ({"deals": {}}, "deals", "list of tables", "[[deals]]"),
    ({"deals": [3]}, "deal 1", "a table", "[[deals]]"),
    ({"deals": [{k: v for k, v in DEAL.items() if k != "end"}]}, "deal 1.end", "needs this field", "last month in force"),
    ({"deals": [{k: v for k, v in DEAL.items() if k != "markets"}]}, "deal 1.markets", "needs this field", "ALL"),
    (deal(lable="sony"), "deal 1.lable", "no such field", "Did you mean 'label'?"),
    (deal(label="sonny"), "deal 1.label", "no such label", "Did you mean 'sony'?"),
    (deal(label=3), "deal 1.label", "name of one label", "Example"),
    (deal(label="publishers"), "deal 1.label", "publishers are no label", "name a label"),
    (deal(label="t_series", markets=["IN", "ID"]), "deal 1.label", "no such label in ID", "Known: sony, universal."),
    (deal(label="warner", markets="ALL"), "deal 1.label", "no such label in IN, ID", "Known"),
    (deal(platform="reso"), "deal 1.platform", "no such service", "Did you mean 'resso'?"),
    (deal(platform=["resso"]), "deal 1.platform", "name of one service", "Example"),
    (deal(markets=["india"]), "deal 1.markets", "no such market", "Did you mean 'IN'?"),
    (deal(markets=["IN", "IN"]), "deal 1.markets", "stands once", "double"),
    (deal(markets=[]), "deal 1.markets", "at least one market", "Example"),
    (deal(markets=["US"]), "deal 1.markets", "resso has no offer there and gets none", "it has IN, ID; an entry is an event"),
    (deal(platform="tiktok_music", markets="ALL"), "deal 1.markets", "has no offer there", "it has none; an entry is an event"),
    ({**deal(), "markets": ["ID"]}, "deal 1.markets", "markets of the run", "the run has ID"),
    (deal(kind="publishing"), "deal 1.kind", "one of streaming, clips", "Known"),
    (deal(kind="clips"), "deal 1.kind", "licences for clips are tiktok's", 'platform = "tiktok"'),
    (deal(platform="tiktok"), "deal 1.kind", "clips only", 'kind = "clips"'),
    (deal(start="2022-09"), "deal 1.start", "2022-10 to 2025-09", "Start the run earlier"),
    (deal(start="2025-10", end="2026-10"), "deal 1.start", "2022-10 to 2025-09", "Raise months"),
    (deal(start="10/2022"), "deal 1.start", "YYYY-MM", "Example"),
    (deal(end="2022-09"), "deal 1.end", "ends after its start, 2022-10", "last month in force"),
    (deal(start="2023-05", end="2023-04"), "deal 1.end", "ends after its start, 2023-05", "last month in force"),
    (deal(end=2024), "deal 1.end", "YYYY-MM", "Example"),
    (deal(rev_share_paid=1.2), "deal 1.rev_share_paid", "lies in [0, 1]", "net revenue of paid tiers"),
    (deal(rev_share_free="half"), "deal 1.rev_share_free", "finite number", "net revenue of free tiers"),
    (deal(rev_share_free=True), "deal 1.rev_share_free", "finite number", "net revenue of free tiers"),
    (deal(per_stream_minimum_usd=math.nan), "deal 1.per_stream_minimum_usd", "finite number", "USD per stream"),
    (deal(per_subscriber_minimum_usd=10**400), "deal 1.per_subscriber_minimum_usd", "finite number", "USD per individual"),
    (deal(minimum_guarantee_usd_m=-1), "deal 1.minimum_guarantee_usd_m", "lies in [0, 100000]", "USD million per year"),
    (deal(promotional_credit_usd_m=1e6), "deal 1.promotional_credit_usd_m", "lies in [0, 100000]", "USD million per year"),
    (deal(fee_usd_m=3), "deal 1.fee_usd_m", "a term of clips licences", "Terms of a streaming licence: rev_share_paid"),
    ({"deals": [{**CLIPS, "rev_share_paid": 0.5}]}, "deal 1.rev_share_paid", "a term of streaming licences", "Terms of a clips licence: fee_usd_m"),
    ({"deals": [{**CLIPS, "minimum_guarantee_usd_m": -5}]}, "deal 1.minimum_guarantee_usd_m", "a term of streaming", "fee_usd_m"),
    ({"deals": [{**CLIPS, "fee_usd_m": -5}]}, "deal 1.fee_usd_m", "lies in [0, 100000]", "lump sum"),
    ({"deals": [{**CLIPS, "exclusive": True}]}, "deal 1.exclusive", "only streaming", "Take it out"),
    (deal(mfn=1), "deal 1.mfn", "true or false", "mfn = true"),
    (deal(exclusive="yes"), "deal 1.exclusive", "true or false", "exclusive = true"),
    (deal(lapses=0), "deal 1.lapses", "true or false", "lapses = true"),
    (deal(about=3), "deal 1.about", "a text", "Example"),
    (deal(source=["a"]), "deal 1.source", "a text", "Example"),
    (two({}, {"start": "2024-09", "end": "2025-01"}), "deal 2.start", "deal 1 of resso and sony holds in IN from 2022-10 to 2024-09", "Move a date"),
    (two({"markets": ["IN", "ID"], "start": "2023-01"}, {"markets": "ALL", "end": "2023-01"}), "deal 2.start", "holds in IN, ID", "Move a date"),
    (two({"exclusive": True}, {"platform": "spotify", "exclusive": True}), "deal 2.exclusive", "resso alone may play sony in IN by deal 1", "Keep one"),
    (two({"exclusive": True}, {"platform": "spotify"}), "deal 2.exclusive", "resso alone may play sony", "Keep one"),
    (two({}, {"platform": "spotify", "exclusive": True}), "deal 2.exclusive", "deal 1 lets resso play sony in IN", "Keep one"),
    ({"talks": 3}, "talks", "a table", "platforms = [...]"),
    ({"talks": False}, "talks", "a table", "an empty table switches talks off"),
    ({"talks": {"protocol": "nash"}}, "talks.platforms", "talks need services", "Example"),
    ({"talks.protocol": "nash"}, "talks.platforms", "talks need services", "Example"),
    (talks(platform=["resso"]), "talks.platform", "no such field", "Did you mean 'platforms'?"),
    (talks(protocol="offer"), "talks.protocol", "one of offers, nash", "Did you mean 'offers'?"),
    (talks(protocol=3), "talks.protocol", "one of offers, nash", "Known"),
    (talks(platforms=[]), "talks.platforms", "at least one service", "Example"),
    (talks(platforms=["reso"]), "talks.platforms", "no such service", "Did you mean 'resso'?"),
    (talks(platforms="ALL"), "talks.platforms", "no such service", "Known"),
    (talks(platforms=["resso", "resso"]), "talks.platforms", "stands once", "double"),
    (talks(platforms=["resso", "tiktok_music"]), "talks.platforms", "no offer in the run", "platform_enters"),
    ({**talks(), "markets": ["US"]}, "talks.platforms", "no offer in the run", "Run its markets"),
    (talks(labels=["sonny"]), "talks.labels", "no such label", "Did you mean 'sony'?"),
    (talks(labels=3), "talks.labels", "list of at least one label", "Example"),
    ({**talks(labels=["sony", "warner"]), "markets": ["IN"]}, "talks.labels", "no market of the run has this label", "Known"),
    (talks(kinds=["stream"]), "talks.kinds", "no such kind of licence", "Did you mean 'streaming'?"),
    (talks(kinds=["streaming", "clips"]), "talks.kinds", "clips need tiktok", "take clips out"),
    (talks(platforms=["tiktok"]), "talks.kinds", "needs a music service", 'kinds = ["clips"]'),
    (talks(platforms=["resso", "tiktok"]), "talks.kinds", "nothing to talk about but clips", '["streaming", "clips"]'),
    (talks(platforms=["resso", "tiktok"], kinds=["clips"]), "talks.kinds", "nothing to talk about but streaming", '["streaming", "clips"]'),
    (talks(scope="country"), "talks.scope", "one of world, market", "Known"),
    (talks(scope={"sonny": "market"}), "talks.scope.sonny", "no such label", "Did you mean 'sony'?"),
    (talks(scope={"sony": "markt"}), "talks.scope.sony", "one of world, market", "Did you mean 'market'?"),
    (talks(users=99), "talks.users", "whole number from 100 to 1,000,000", f"users = {USERS[2]}"),
    (talks(users=10**5000), "talks.users", "whole number from 100 to 1,000,000", f"users = {USERS[2]}"),
    (talks(months=61), "talks.months", "whole number from 1 to 60", f"months = {MONTHS[2]}"),
    (talks(months=1.5), "talks.months", "whole number from 1 to 60", f"months = {MONTHS[2]}"),
    (talks(months=True), "talks.months", "whole number from 1 to 60", f"months = {MONTHS[2]}"),
    (talks(proposer="bytedance"), "talks.proposer", "one of label, platform", "Known"),
    (talks(new={"platform": "resso"}), "talks.new", "list of tables", "[[talks.new]]"),
    (talks(new=["resso"]), "talks.new 1", "a table", "[[talks.new]]"),
    (talks(new=[{}]), "talks.new 1.platform", "name of one service", "Example"),
    (talks(new=[{"platform": "reso"}]), "talks.new 1.platform", "no such service", "Did you mean 'resso'?"),
    (talks(new=[{"platform": "spotify"}]), "talks.new 1.platform", "not at the table", "Add it"),
    (talks(new=[{"platform": "resso", "label": "sony"}]), "talks.new 1.label", "no such field", "Did you mean 'labels'?"),
    (talks(new=[{"platform": "resso", "labels": ["sonny"]}]), "talks.new 1.labels", "no such label", "Did you mean 'sony'?"),
    (talks(labels=["sony"], new=[{"platform": "resso", "labels": ["universal"]}]), "talks.new 1.labels", "not at the table", "Add them"),
    (talks(new=[{"platform": "resso", "labels": ["warner"], "markets": ["IN"]}]), "talks.new 1.labels", "none of these labels is in IN", "Take the market out"),
    (talks(platforms=["spotify"], new=[{"platform": "spotify", "labels": ["warner"], "markets": ["ID", "US"]}]), "talks.new 1.labels", "none of these labels is in ID", "Take the market out"),
    (talks(new=[{"platform": "resso", "markets": ["US"]}]), "talks.new 1.markets", "resso has no offer there", "it has IN, ID"),
    (talks(new=[{"platform": "resso", "from": "2022-01"}]), "talks.new 1.from", "2022-10 to 2025-09", "Start the run earlier"),
    (talks(new=[{"platform": "resso", "from": 3}]), "talks.new 1.from", "YYYY-MM", "Example"),
    ({"clips.IN.sony": False}, "clips", "no such key", "Did you mean 'markets.<MARKET>.clips.<label>'?"),
    ({"markets.IN.clips": False}, "markets.IN.clips", "set per label", "markets.IN.clips.<label>"),
    ({"markets.IN.clips.sonny": False}, "markets.IN.clips.sonny", "no such label in IN", "Did you mean 'sony'?"),
    ({"markets.IN.clips.sony": 0}, "markets.IN.clips.sony", "true or false", "clips on TikTok"),
    ({"events": [{"date": "2022-12", "kind": "clips_leave", "markets": ["IN"]}]}, "event 1.label", "needs this field", "label"),
    ({"events": [{"date": "2022-12", "kind": "clips_leave", "markets": ["ID"], "label": "t_series"}]}, "event 1.label", "no such label", "Known: sony, universal."),
    ({"events": [{"date": "2022-12", "kind": "clips_leave", "markets": ["IN"], "label": "sony", "platform": "tiktok"}]}, "event 1.platform", "no such field", "Known"),
    ({"monhts": 3}, "test.toml: monhts", "no such key", "Did you mean 'months'?"),
    ({"months": "12"}, "months", "whole number from 1 to 1,200", "Example"),
    ({"months": 0}, "months", "whole number", "Example"),
    ({"months": 1.5}, "months", "whole number", "Example"),
    ({"months": True}, "months", "whole number", "Example"),
    ({"users": 0}, "users", "whole number from 1 to 100,000,000", "about 100 bytes"),
    ({"users": 10**12}, "users", "whole number from 1 to 100,000,000", "about 100 bytes"),
    ({"users": 10**5000}, "users", "whole number from 1 to 100,000,000", "about 100 bytes"),
    ({"seed": -1}, "seed", "whole number from 0", "Example"),
    ({"replicates": 10_001}, "replicates", "whole number from 1 to 10,000", "Example"),
    ({"growth": 1}, "growth", "true or false", "growth = false"),
    ({"name": 3}, "name", "a text", "Example"),
    ({"start": "2022-11"}, "start", "known start state: 2019-12, 2022-06, 2022-10", "2022-10"),
    ({"start": "October"}, "start", "known start state", "2022-10"),
    ({"markets": ["IN", "UK"]}, "markets", "no such market", "Known: IN, ID, US."),
    ({"markets": ["united kingdom"]}, "markets", "no such market", "Known: IN, ID, US."),
    ({"markets": ["India"]}, "markets", "no such market", "Did you mean 'IN'?"),
    ({"markets": ["us"]}, "markets", "no such market", "Did you mean 'US'?"),
    ({"theta": 3}, "theta", "no such key", "Did you mean 'parameters.theta'?"),
    ({"thetta": 3}, "thetta", "no such key", "Did you mean 'parameters.theta'?"),
    ({"price": 3}, "price", "no such key", "Did you mean 'platforms.<service>.price.<MARKET>.<tier>'?"),
    ({"sales_tax": 3}, "sales_tax", "no such key", "Did you mean 'markets.<MARKET>.sales_tax'?"),
    ({"resso.integration.ID": 1}, "resso", "no such key", "Did you mean 'platforms.resso'?"),
    ({"IN.sales_tax": 0.1}, "IN", "no such key", "Did you mean 'markets.IN'?"),
    ({"xyz": 3}, "xyz", "no such key", "events, deals, talks, strategies, rivals_respond, focus."),
    ({"platforms.spotify.price.individual.IN": 129}, "price.individual", "market stands before the tier", "platforms.spotify.price.IN.individual."),
    ({"platforms.spotify.price.individual": 129}, "price.individual", "market stands before the tier", "platforms.spotify.price.<MARKET>.individual."),
    ({"platforms.resso.catalogue.sony.IN": True}, "catalogue.sony", "market stands before the label", "platforms.resso.catalogue.IN.sony."),
    ({"platforms.spotify.IN.price": 129}, "platforms.spotify.IN", "no such lever", "platforms.<service>.<lever>.<MARKET>"),
    ({"platforms.spotify.podcasts.indonesia": 1}, "podcasts.indonesia", "no such market", "Did you mean 'ID'?"),
    ({"events": [{**LEAVE, "kind": "zzz"}]}, "event 1.kind", "no such kind", "app_store_fee_change."),
    ({"events": [{**LEAVE, "markets": ["india"]}]}, "event 1.markets", "no such market", "Did you mean 'IN'?"),
    ({"markets": ["IN", "IN"]}, "markets", "stands once", "double"),
    ({"markets": []}, "markets", "at least one", "Example"),
    ({"markets": 3}, "markets", "list of at least one", "Example"),
    ({"extends": "nowhere"}, "extends", "no scenario of this name", "Known"),
    ({"extends": ["baseline"]}, "extends", "names one scenario", "Example"),
    ({"parameters": {"thetta": 3}}, "parameters.thetta", "no such parameter", "Did you mean 'theta'?"),
    ({"parameters": {"theta": -1}}, "parameters.theta", "lies in", "Default"),
    ({"parameters": {"theta": 10**400}}, "parameters.theta", "finite number", "Default"),
    ({"parameters": {"theta": math.nan}}, "parameters.theta", "finite number", "Default"),
    ({"parameters": 3}, "parameters", "table", "Example"),
    ({"platforms": 3}, "platforms", "table of services", "Example"),
    ({"platforms.spotfy.podcasts.IN": 1}, "platforms.spotfy", "no such service", "Did you mean 'spotify'?"),
    ({"platforms.tiktok_music.marketing.IN": 1}, "platforms.tiktok_music", "no offer anywhere", "platform_enters"),
    ({"platforms.spotify.prize.IN": 1}, "platforms.spotify.prize", "no such lever", "Did you mean 'price'?"),
    ({"platforms.spotify.sales_tax.IN": 1}, "platforms.spotify.sales_tax", "no such lever", "markets.<MARKET>.sales_tax"),
    ({"platforms.spotify.podcasts": 1}, "platforms.spotify.podcasts", "set per market", "podcasts.ALL"),
    ({"platforms.spotify.podcasts.UK": 1}, "podcasts.UK", "no such market", "Known"),
    ({"platforms.spotify.price.IN": 129}, "price.IN", "set per tier", "price.IN.<tier>"),
    ({"platforms.spotify.price.IN.indivdual": 9}, "IN.indivdual", "no such tier", "Did you mean 'individual'?"),
    ({"platforms.spotify.price.IN.individual": -1}, "IN.individual", "price lies in [0", "posted price"),
    ({"platforms.spotify.price.IN.individual": "9"}, "IN.individual", "finite number", "posted price"),
    ({"platforms.spotify.price.IN.individual": math.inf}, "IN.individual", "finite number", "posted price"),
    ({"platforms.spotify.price.IN.free_ads": 9}, "IN.free_ads", "costs nothing", "paid tier"),
    ({"platforms.spotify.open.IN.mini": 0}, "IN.mini", "true or false", "offered"),
    ({"platforms.resso.catalogue.IN.sonny": False}, "IN.sonny", "no such label", "Did you mean 'sony'?"),
    ({"platforms.resso.catalogue.ID.t_series": False}, "ID.t_series", "no such label", "Known: sony, universal."),
    ({"platforms.gaana.podcasts.US": 1}, "podcasts.US", "no offer there", "Markets of gaana: IN"),
    ({"markets.IN.sales_taxx": 0.1}, "markets.IN.sales_taxx", "no such lever", "Did you mean 'sales_tax'?"),
    ({"markets.IN.price": 0.1}, "markets.IN.price", "no such lever", "platforms.<service>.price.IN"),
    ({"markets.IN.sales_tax": 18}, "markets.IN.sales_tax", "lies in [0, 1]", "sales tax"),
    ({"markets.UK.sales_tax": 0.2}, "markets.UK", "no such market", "Known"),
    ({"growth": False, "markets.IN.growth": 0.1}, "markets.IN.growth", "switched off", "growth = true"),
    ({"a.b.c.d.e.f.g": 1}, "a.b.c.d.e.f.g", "levels deep", "scenario files"),
    ({"platforms..x": 1}, "platforms..x", "without empty parts", "Example"),
    ({3: 1}, "3", "a key is a text", "Example"),
    ({"parameters.theta": 2, "parameters": {"theta": 3}}, "theta", "given once", "Take one"),
    ({"events": {}}, "events", "list of tables", "[[events]]"),
    ({"events": [3]}, "event 1", "a table", "[[events]]"),
    ({"events": [{**LEAVE, "kind": "label_leave"}]}, "event 1.kind", "no such kind", "Did you mean 'label_leaves'?"),
    ({"events": [{**LEAVE, "date": "12/2022"}]}, "event 1.date", "YYYY-MM", "Example"),
    ({"events": [{**LEAVE, "date": "2022-09"}]}, "event 1.date", "2022-10 to 2025-09", "Start earlier"),
    ({"events": [{**LEAVE, "date": "2025-10"}]}, "event 1.date", "2022-10 to 2025-09", "Raise months"),
    ({"events": [LEAVE, {**CHANGE, "date": "2022-11"}]}, "event 2.date", "order of date", "Move it"),
    ({"events": [{**LEAVE, "date": "2022-12-09"}, {**CHANGE, "date": "2022-12-02"}]}, "event 2.date", "order", "Move it"),
    ({"events": [{**LEAVE, "lable": "sony"}]}, "event 1.lable", "no such field", "Did you mean 'label'?"),
    ({"events": [{k: v for k, v in LEAVE.items() if k != "label"}]}, "event 1.label", "needs this field", "label"),
    ({"events": [{**LEAVE, "label": "sonny"}]}, "event 1.label", "no such label", "Did you mean 'sony'?"),
    ({"events": [{**LEAVE, "platform": "reso"}]}, "event 1.platform", "no such service", "Did you mean 'resso'?"),
    ({"events": [{**LEAVE, "platform": 3}]}, "event 1.platform", "name of one service", "Example"),
    ({"events": [{**LEAVE, "markets": ["US"]}]}, "event 1.platform", "not offered in US", "offered in IN, ID"),
    ({"events": [{**LEAVE, "markets": ["INN"]}]}, "event 1.markets", "no such market", "Did you mean 'IN'?"),
    ({"events": [{**LEAVE, "markets": []}]}, "event 1.markets", "list of market codes", "Example"),
    ({"markets": ["ID"], "events": [LEAVE]}, "event 1.markets", "markets of the run", "the run has ID"),
    ({"events": [{**LEAVE, "about": 3}]}, "event 1.about", "a text", "sentence"),
    ({"events": [{**CHANGE, "price": -9}]}, "event 1.price", "lies in [0", "posted price"),
    ({"events": [{**CHANGE, "tier": "indivdual"}]}, "event 1.tier", "no such tier", "Did you mean 'individual'?"),
    ({"events": [{**CHANGE, "tier": "family_per_head"}]}, "event 1.tier", "no such tier in IN", "Known"),
    ({"events": [CHANGE, {**CHANGE, "price": 98}]}, "event 2.price", "event 1 sets spotify individual price IN to 99", "Keep one"),
    ({"events": [{**ENTER, "markets": ["IN"], "platform": "spotify"}]}, "event 1.platform", "already offered in IN", "tier_opens"),
    ({"events": [{**ENTER, "platform": "spotifi"}]}, "event 1.platform", "almost like", "Did you mean 'spotify'?"),
    ({"events": [{**ENTER, "platform": "My Music"}]}, "event 1.platform", "lower-case", "tiktok_music"),
    ({"events": [{**ENTER, "tiers": {"gold": 9}}]}, "event 1.tiers", "no such tier", "Known"),
    ({"events": [{**ENTER, "tiers": {"premium": 0}}]}, "tiers.premium", "has a price", "free_ads"),
    ({"events": [{**ENTER, "tiers": {}}]}, "event 1.tiers", "at least one tier", "Example"),
    ({"events": [{**ENTER, "integration": 2}]}, "event 1.integration", "lies in [0, 1]", "TikTok"),
    ({"events": [{**CHANGE, "platform": "tiktok_music", "markets": ["US"]}, ENTER]}, "event 1.platform", "not offered", "enters"),
    ({"events": [{**MERGER, "absorbs": "gana"}]}, "event 1.absorbs", "no such service", "Did you mean 'gaana'?"),
    ({"events": [{**MERGER, "absorbs": 3}]}, "event 1.absorbs", "no such service", "Known"),
    ({"events": [{k: v for k, v in MERGER.items() if k != "absorbs"}]}, "event 1.absorbs", "needs this field", "taken over"),
    ({"events": [{**MERGER, "absorbs": "spotify"}]}, "event 1.absorbs", "takes over another one", "absorbs is taken over"),
    ({"events": [{**MERGER, "platform": "spotfy"}]}, "event 1.platform", "no such service", "Did you mean 'spotify'?"),
    ({"events": [{**MERGER, "markets": ["ID"]}]}, "event 1.absorbs", "gaana is not offered in ID in 2022-12", "gaana is offered in IN"),
    ({"events": [{**MERGER, "platform": "joox"}]}, "event 1.platform", "joox is not offered in IN", "offered in ID"),
    ({"events": [{**MERGER, "platform": "tiktok_music"}, {**ENTER, "date": "2023-01", "markets": ["IN"], "tiers": {"premium": 99}}]}, "event 1.platform", "not offered in IN in 2022-12", "platform_enters"),
    ({"events": [MERGER, MERGER]}, "event 2.absorbs", "gaana is not offered in IN", "no market of the run"),
    ({"events": [MERGER, {**MERGER, "platform": "resso"}]}, "event 2.absorbs", "gaana is not offered in IN", "A merger needs both"),
    ({"events": [{**MERGER, "platform": "resso"}, {**MERGER, "absorbs": "resso"}]}, "event 2.absorbs", "event 1 lets resso take over gaana", "Move one"),
    ({"events": [{**CHANGE, "kind": "tier_opens", "platform": "gaana", "tier": "mini"}, MERGER]}, "event 2.open", "event 1 sets gaana mini open IN to 1", "Keep one"),
    ({"events": [MERGER, {**LEAVE, "platform": "gaana", "date": "2023-01"}]}, "event 2.platform", "gaana is not offered in IN", "no market of the run"),
    ({"events": [{**MERGER, "quality": 0}]}, "event 1.quality", "merger has no such field", "Known"),
    ({"platforms.spotify.takeover.IN.gaana": True}, "platforms.spotify.takeover", "set by an event, merger", 'kind = "merger"'),
    ({"takeover": True}, "takeover", "no such key", "An event sets it, merger."),
    ({"events": [{k: v for k, v in BUNDLE.items() if k != "bundle_fee"}]}, "event 1.bundle_fee", "needs this field", "before tax"),
    ({"events": [{k: v for k, v in BUNDLE.items() if k != "operator"}]}, "event 1.operator", "needs this field", "operator"),
    ({"events": [{**BUNDLE, "operator": " "}]}, "event 1.operator", "has a name", "Telkomsel"),
    ({"events": [{**BUNDLE, "operator": 3}]}, "event 1.operator", "a text", "operator"),
    ({"events": [{**BUNDLE, "bundle_base": 30}]}, "event 1.bundle_base", "lies in [0, 1]", "contract"),
    ({"events": [{**BUNDLE, "bundle_told": 1.5}]}, "event 1.bundle_told", "lies in [0, 1]", "come to know"),
    ({"events": [{k: v for k, v in BUNDLE.items() if k != "bundle_told"}]}, "event 1.bundle_told", "needs this field", "come to know"),
    ({"platforms.spotify.bundle_told.IN": 0.5}, "platforms.spotify.bundle_told", "set by an event, telco_bundle", 'kind = "telco_bundle"'),
    ({"events": [{**BUNDLE, "bundle_fee": -1}]}, "event 1.bundle_fee", "lies in [0", "operator pays"),
    ({"events": [{**BUNDLE, "bundle_fee": 5000}]}, "event 1.bundle_fee", "costs (IN: 119 INR)", "unusual = true"),
    ({"events": [{**BUNDLE, "tier": "bundle"}]}, "event 1.tier", "no such field", "Known"),
    ({"events": [{**BUNDLE, "platform": "gaana", "markets": ["ID"]}]}, "event 1.platform", "not offered in ID", "offered in IN"),
    ({"events": [BUNDLE, {**BUNDLE, "operator": "Jio"}]}, "event 2.platform", "has a bundle in IN already", "tier_closes"),
    ({"events": [BUNDLE, {"date": "2022-12", "kind": "tier_closes", "platform": "spotify", "tier": "bundle", "markets": ["IN"]}]}, "event 2.open", "event 1 sets spotify bundle open IN to 1", "Keep one"),
    ({"events": [{**RIVAL, "platform": "resso"}]}, "event 1.platform", "no market knows at the start", "platform_enters"),
    ({"events": [{**RIVAL, "platform": "resso", "markets": ["US"]}]}, "event 1.platform", "no market knows at the start", "platform_enters"),
    ({"events": [{**RIVAL, "platform": "ressoo"}]}, "event 1.platform", "almost like", "Did you mean 'resso'?"),
    ({"events": [{k: v for k, v in RIVAL.items() if k != "quality"}]}, "event 1.quality", "needs this field", "best of its kind"),
    ({"events": [{**RIVAL, "quality": 50}]}, "event 1.quality", "lies in [-10, 5]", "best of its kind"),
    ({"events": [{**RIVAL, "labels": ["sonny"]}]}, "event 1.labels", "no such label", "Did you mean 'sony'?"),
    ({"events": [{**RIVAL, "labels": []}]}, "event 1.labels", "at least one label", "Example"),
    ({"events": [{**RIVAL, "labels": "sony"}]}, "event 1.labels", "at least one label", "Example"),
    ({"events": [{**RIVAL, "markets": ["IN", "US"], "labels": ["warner"], "unusual": True}]}, "event 1.labels", "none of these labels is in IN", "universal, sony, t_series"),
    ({"events": [RIVAL, {**RIVAL, "date": "2023-01"}]}, "event 2.platform", "already offered in IN", "tier_opens"),
    ({"events": [{**CHANGE, "platform": "newcomer"}, RIVAL]}, "event 1.platform", "newcomer is not offered in IN", "platform_enters"),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "place", "rule", "way"), CASES, ids=[f"{c[1]}:{c[2]}"[:50] for c in CASES])
def test_documented_bad_input_names_place_rule_value_and_way_out(faults, mapping, place, rule, way):
    found = faults(mapping)
    hits = [one for one in found if place in one.place and rule in one.rule and way in one.way_out]
    assert hits, "\n".join(map(str, found))
    assert hits[0].place.startswith("test.toml")
    assert "; got " in str(hits[0])
    assert len(found) == 1, "one mistake, one message"


def test_all_faults_are_told_at_once(faults):
    wrong = [mapping for mapping, *_ in CASES if all(isinstance(key, str) for key in mapping)]
    together = {
        "monhts": 3, "users": 0, "seed": -1, "start": "2022-11", "markets": ["IN", "UK"], "parameters": {"theta": -1, "thetta": 1},
        "platforms": {"spotfy": {}, "spotify": {"prize": {}, "price": {"IN": {"individual": -1}}}},
        "events": [{**LEAVE, "label": "sonny"}, {**CHANGE, "date": "2022-11", "price": -1}, {"kind": "x"}],
        "deals": [{**DEAL, "label": "sonny", "rev_share_paid": 2, "end": "2022-01", "minimum_guarantee_usd_m": -1}, {**DEAL, "markets": ["XX"]}],
        "talks": {"platforms": ["reso"], "users": 1, "scope": {"sonny": "market"}},
    }  # fmt: skip
    places = [one.place.removeprefix("test.toml: ") for one in faults(together)]
    assert sorted(places) == sorted([
        "monhts", "users", "seed", "start", "markets", "parameters.theta", "parameters.thetta", "platforms.spotfy",
        "platforms.spotify.prize", "platforms.spotify.price.IN.individual", "event 1.label", "event 2.date", "event 2.price",
        "event 3.kind", "event 3.date", "deal 1.label", "deal 1.rev_share_paid", "deal 1.end", "deal 1.minimum_guarantee_usd_m",
        "deal 2.markets", "talks.platforms", "talks.users", "talks.scope.sonny",
    ])  # fmt: skip
    assert len(wrong) > 50


def test_an_event_of_unknown_kind_is_still_checked(faults):
    row = {
        "kind": "price_chang",
        "date": "2023-01",
        "platform": "spotfy",
        "markets": ["india"],
        "price": "1",
        "about": 3,
    }
    keys = [one.place.removeprefix("test.toml: event 1.") for one in faults({"events": [row]})]
    assert keys == ["kind", "platform", "markets", "price", "about"]
    enter = {**ENTER, "kind": "platform_enter", "platform": "my_music", "tiers": {"gold": 9}}
    assert [one.place for one in faults({"events": [enter]})] == ["test.toml: event 1.kind", "test.toml: event 1.tiers"]


def test_a_parents_faults_are_told_with_the_childs(tmp_path):
    (tmp_path / "parent.toml").write_text("users = 0")
    (tmp_path / "child.toml").write_text('extends = "parent"\nseed = -1')
    with pytest.raises(InputError) as caught:
        Scenario.load(tmp_path / "child.toml", names=names_of)
    assert ["parent.toml: users" in str(one) or "child.toml: seed" in str(one) for one in caught.value.faults] == [
        True
    ] * 2


def test_replace_cannot_extend(make):
    with pytest.raises(InputError, match="call: extends: an override cannot extend"):
        make({}).replace({"extends": "baseline"})


WORDS = sorted(
    {*KEYS, *FIELDS, *KINDS, *LEVERS, "ALL", "only", "theta", "2022-10", "2022-12", "2024-01-15", "", "a.b", "tiktok_music"}
    | {word for cell in TIERS for word in cell} | {tier for tiers in TIERS.values() for tier in tiers} | {*LABELS["IN"]}
)  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(0, 40), st.floats(), st.floats(0, 1), st.text(max_size=8),
    st.sampled_from(WORDS), st.dates(), st.datetimes(), st.binary(max_size=3), st.builds(lambda: 10**5000),
)  # fmt: skip
KEYS_OF_TABLES = st.one_of(st.sampled_from(WORDS), st.text(max_size=6), st.integers(0, 2))
_ANY = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS_OF_TABLES, inner, max_size=4)),
    max_leaves=12,
)


@st.composite
def any_value(draw):
    """Any value; a function of its own, so that the strategies below have short names in messages."""
    return draw(_ANY)


VALUES = any_value()
EVENTS = st.fixed_dictionaries(
    {"date": st.sampled_from(["2022-10", "2022-12", "2023-05"]), "kind": st.sampled_from(sorted(KINDS))},
    optional={field: VALUES for field in FIELDS if field not in ("date", "kind")},
)
DEALS = st.fixed_dictionaries(
    {"platform": st.sampled_from(["resso", "spotify", "tiktok"]), "label": st.sampled_from(["sony", "universal"]),
     "markets": st.sampled_from(["ALL", ["IN"], ["ID", "IN"], ["US"]]), "end": st.sampled_from(["2022-12", "2024-01"])},
    optional={field: VALUES for field in DEAL_FIELDS if field not in DEAL_NEEDS} | {"kind": st.just("clips")},
)  # fmt: skip
PLANS = st.fixed_dictionaries(
    {"platforms": st.sampled_from([["resso"], ["tiktok"], ["resso", "tiktok"]])},
    optional={key: VALUES for key in TALKS_KEYS if key != "platforms"}
    | {
        "new": st.lists(
            st.fixed_dictionaries(
                {"platform": st.just("resso")}, optional={field: VALUES for field in WANTED if field != "platform"}
            )
        )
    },
)
MAPPINGS = st.one_of(
    st.fixed_dictionaries({}, optional={"deals": st.lists(DEALS, max_size=3), "talks": PLANS, "markets": VALUES}),
    st.dictionaries(KEYS_OF_TABLES, VALUES, max_size=6),
    st.fixed_dictionaries({}, optional={key: VALUES for key in KEYS if key != "extends"}),
    st.fixed_dictionaries({"events": st.lists(EVENTS, max_size=4)}, optional={"markets": VALUES, "start": VALUES}),
)


@settings(max_examples=400, deadline=None)
@given(MAPPINGS)
def test_arbitrary_mappings_raise_nothing_but_input_errors(mapping):
    try:
        scenario = Scenario.from_mapping(mapping, place="test.toml", names=names_of)
    except InputError as error:
        found = [str(one) for one in error.faults]
    else:
        found = []
        assert scenario.replace({"seed": scenario.seed}).digest == scenario.digest
        assert scenario.explain()
    assert all("; got " in one for one in found)


def test_a_lever_hardly_other_than_0_is_refused() -> None:
    with pytest.raises(InputError, match="price is 0, or no nearer to 0 than 1e-100"):
        Scenario.from_mapping({"platforms.resso.price.ID.premium": 1e-200})
