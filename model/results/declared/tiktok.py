"""Columns on TikTok: its time, income and costs, its creators, whose clips are there. Nominal USD of 2022."""

from model.results.measures import Measure

ACCOUNTS = ("tiktok_ads", "tiktok_shop", "tiktok_games", "own_distribution", "link_fees",
            "creators_paid", "tiktok_costs",
            "clip_fees", "clip_credit")  # fmt: skip


def _tiktok(name: str, label: str, unit: str, meaning: str, *, columns: str = "", parameters: str = "",
            facts: tuple[str, ...] = ("tiktok",)) -> Measure:  # fmt: skip
    return Measure(name, label, unit, "sum", "sum", meaning, columns=tuple(columns.split()),
                   parameters=tuple(parameters.split()), facts=facts)  # fmt: skip


def _usd(name: str, label: str, meaning: str, *, columns: str = "", parameters: str = "",
         facts: tuple[str, ...] = ("tiktok",)) -> Measure:  # fmt: skip
    return _tiktok(name, label, "USD per month", meaning, columns=columns, parameters=parameters, facts=facts)


def _hours(cause: str, label: str, meaning: str, *, columns: str = "", parameters: str) -> Measure:
    return Measure(f"hours_by_{cause}", label, "ratio to the opening", "mean", "weighted", meaning,
                   weight="tiktok_hours", columns=tuple(columns.split()), parameters=tuple(parameters.split()),
                   facts=("tiktok",))  # fmt: skip


def _creator(name: str, label: str, unit: str, meaning: str, *, columns: str, parameters: str) -> Measure:
    return Measure(name, label, unit, "mean", "weighted", meaning, weight="creators", columns=tuple(columns.split()),
                   parameters=tuple(parameters.split()), facts=("tiktok",))  # fmt: skip


MEASURES = (
    Measure("tiktok_users", "Users of TikTok", "people", "last", "sum",
            "adult users of the start, with people online; 0 while TikTok is banned", columns=("people",),
            parameters=("banned_tiktok_share",), facts=("tiktok",)),
    _tiktok("tiktok_hours", "Time on TikTok", "person-hours per month",
            "users times hours per user of the start times the answers to integration, clips, creators and load",
            columns="tiktok_users hours_by_integration hours_by_clips hours_by_creators hours_by_load"),
    _hours("integration", "Hours by integration",
           "hours per user over the opening's that music inside TikTok keeps there", columns="users",
           parameters="integration_hours"),
    _hours("clips", "Hours by clips", "hours per user over those with every label's clips", columns="clips_on",
           parameters="clip_time_share"),
    _hours("creators", "Hours by creators", "hours per user over the opening's that creators' activity brings",
           columns="creator_activity", parameters="creator_hours"),
    _hours("load", "Hours by advertisements", "hours per user over the opening's left by the load of advertisements",
           parameters="ad_load_response ad_load_adjustment ad_load_growth"),
    _usd("tiktok_infeed", "TikTok's in-feed advertising", "what advertisers spend on it in the cleared market",
         columns="tiktok_hours ad_price"),
    _usd("tiktok_topview", "TikTok's TopView", "what advertisers spend on it in the cleared market",
         columns="tiktok_users ad_price"),
    _usd("tiktok_ads", "TikTok's advertising income", "in-feed and TopView", columns="tiktok_infeed tiktok_topview"),
    _usd("tiktok_shop", "TikTok's take of its shop", "hours on TikTok times goods sold an hour times take rate",
         columns="tiktok_hours", parameters="shop_take_rate"),
    _usd("tiktok_games", "Games on TikTok", "users times income from games per user", columns="tiktok_users",
         parameters="games_income"),
    _usd("own_distribution", "Fees of own distribution",
         "what ByteDance keeps of the royalties of artists whom it distributes itself, part of the long tail's",
         columns="royalties", parameters="own_fee own_start own_ceiling own_speed", facts=("repertoire",)),
    _usd("creators_paid", "Paid to creators by TikTok", "their part of advertising beside their videos, and the fund",
         columns="tiktok_infeed", parameters="creator_ad_share creator_eligible creator_fund"),
    _usd("tiktok_costs", "TikTok's cost of sales", "share of income from advertising, shop and games",
         columns="tiktok_ads tiktok_shop tiktok_games", parameters="tiktok_cost"),
    _usd("clip_fees", "Clip fees",
         "a twelfth of the lump sums of clip licences, in the part that the market has in TikTok's advertising "
         "income, while the clips are there; by market, those of publishers and of labels without repertoire too",
         columns="clips_on", facts=("deals", "tiktok")),
    _usd("clip_credit", "Promotional credits of clips",
         "a twelfth of the promotion that clip licences promise a year, split as the fees are", columns="clips_on",
         facts=("deals", "tiktok")),
    _usd("tiktok_profit", "TikTok's profit",
         "advertising, shop, games, fees of own distribution and for links less creators, "
         "cost of sales, clip fees and credits",
         columns=" ".join(ACCOUNTS), facts=()),
    Measure("creators", "Creators", "people", "last", "sum", "people who post "
            "regularly on TikTok: those of the opening, with its users; 0 while TikTok is banned, and when it returns "
            "as many an hour of its use as in the middle of the other markets",
            columns=("tiktok_users",), parameters=("banned_tiktok_share", "banned_tiktok_hours"), facts=("tiktok",)),
    _creator("creator_activity", "Creators' activity", "ratio to the opening",
             "follows income per creator slowly and within bounds; last month's feeds hours and uses of songs",
             columns="creator_income", parameters="creator_elasticity creator_adjustment creator_least creator_most"),
    _creator("creator_income", "Income of a creator", "USD per month",
             "what TikTok, sponsors and viewers, and music services pay, per creator",
             columns="creators_paid tiktok_hours royalties", parameters="creator_sponsors creator_streaming"),
    _usd("music_income", "Operating income of its music services",
         "operating income of all music services that ByteDance owns, guarantees and promotional credits taken off",
         columns="operating_income", facts=()),
    _usd("bytedance_income", "ByteDance, music and TikTok",
         "operating income of its music services and TikTok's profit; expansion is worth the difference between two "
         "runs", columns="music_income tiktok_profit", facts=()),
    Measure("clips_on", "Clips on TikTok", "yes or no", "last", "none", "whether the label's music may be used there",
            facts=("deals",), kind="flag"),
    Measure("pull", "Pull of the label", "ratio", "mean", "none",
            "share of attention over share of repertoire: that of its songs of the day, times 1 with clips on TikTok "
            "and 1 / (1 + promotion_pull times the share of people on TikTok) without them",
            columns=("clips_on", "uses"), parameters=("promotion_pull", "@songs"), facts=("tiktok", "people")),
    _tiktok("uses", "Uses of its songs", "videos per month", "new videos on TikTok with the label's songs of the day",
            columns="clips_on creator_activity", parameters="@songs"),
    _tiktok("chart_places", "Places on the chart", "places times weeks",
            "places of the weekly chart that the label's songs hold, summed over weeks", columns="uses",
            parameters="@songs"),
    _tiktok("number_one_weeks", "Weeks at number one", "weeks", "weeks in which a song of the label is number one",
            columns="uses", parameters="@songs"),
    _usd("video_income", "Income from free video",
         "recorded income of the start from music video watched free of charge, following people outside streaming "
         "and the label's pull", columns="main_users pull", parameters="video_outside", facts=("repertoire", "people")),
)  # fmt: skip
