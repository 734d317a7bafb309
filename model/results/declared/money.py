"""Columns on money, nominal USD at the average rates of 2022: who pays, who earns what."""

from model.results.measures import Measure

DEALS = ("deals", "repertoire")


def _usd(name: str, label: str, meaning: str, *, columns: str = "", parameters: str = "",
         facts: tuple[str, ...] = ()) -> Measure:  # fmt: skip
    return Measure(name, label, "USD per month", "sum", "sum", meaning, columns=tuple(columns.split()),
                   parameters=tuple(parameters.split()), facts=facts)  # fmt: skip


def _part(name: str, label: str, meaning: str, *, columns: str) -> Measure:
    return Measure(name, label, "share", "mean", "weighted", meaning, weight="revenue", columns=tuple(columns.split()))


MEASURES = (
    _usd("spending", "Spending of users",
         "price times people charged, the app store's price where they pay there, tax included",
         columns="payers in_trial price_usd", facts=("offers",)),
    _usd("tax", "Sales tax", "part of spending that is tax", columns="spending", facts=("people",)),
    _usd("revenue_subscription", "Subscription revenue", "spending less sales tax", columns="spending tax"),
    _usd("revenue_bundle", "Bundle revenue", "users of bundles times a share of the individual price net of tax",
         columns="users", parameters="bundle_fee_share", facts=("offers",)),
    _usd("revenue_ads", "Advertising revenue",
         "hours, of spoken word too, times ad load times adverts a minute times fill times price a thousand; and what "
         "is built up inside spoken word",
         columns="hours spoken_hours ad_load ad_price", parameters="ads_per_minute spoken_ad_load spoken_ramp_months",
         facts=("advertising",)),
    _usd("revenue", "Revenue", "subscriptions net of tax, bundles and advertising",
         columns="revenue_subscription revenue_bundle revenue_ads"),
    _usd("app_store_fees", "App-store fees", "fee on what is paid in the app store, net of tax", columns="spending",
         parameters="app_store_fee_first_year app_store_fee_standard app_store_fee_media app_store_first_year_part "
         "app_store_media_part", facts=("offers",)),
    _usd("payment_cost", "Payment cost", "cost of payments outside the app store", columns="spending",
         parameters="payment_cost"),
    _usd("ad_sales_cost", "Cost of ad sales", "share of advertising revenue", columns="revenue_ads",
         parameters="ad_sales_cost"),
    _usd("net_revenue", "Net revenue of contracts",
         "revenue less app-store fees, payment cost, cost of ad sales and what advertising inside spoken word leaves",
         columns="revenue app_store_fees payment_cost ad_sales_cost", parameters="spoken_ad_load"),
    _usd("royalties", "Royalties",
         "usage share times the greatest of revenue share, per-subscriber minimum and per-stream minimum; "
         "guarantees apart",
         columns="net_revenue hours subscriptions in_trial",
         parameters="user_centric streams_per_hour trial_minimum_share family_minimum_multiple "
         "student_minimum_multiple "
         "mini_minimum_multiple family_size spoken_royalty_cut", facts=DEALS),
    _usd("guarantee_top_ups", "Guarantee top-ups", "what is missing to a minimum guarantee when its contract year ends",
         columns="royalties", parameters="guarantee_share", facts=DEALS),
    _usd("label_income", "Label income", "royalties and guarantee top-ups", columns="royalties guarantee_top_ups"),
    _usd("publishing", "Publishing", "publishers' share of net revenue", columns="net_revenue", facts=("deals",)),
    _usd("hosting", "Delivery", "hours, of spoken word too, times the cost of an hour", columns="hours spoken_hours",
         parameters="hosting_per_hour"),
    _usd("other_content", "Other content",
         "share of revenue for podcasts and other cost of revenue, and a sum per user and index point of podcasts "
         "beyond the start", columns="revenue users", parameters="other_content_cost spoken_cost"),
    _usd("tier_profit", "Profit of the tier",
         "net revenue and what advertising inside spoken word leaves, less royalties, publishing, delivery and other "
         "content; guarantees apart",
         columns="net_revenue royalties publishing hosting other_content"),
    _usd("gross_profit", "Gross profit",
         "net revenue and what advertising inside spoken word leaves, less royalties, guarantee top-ups, publishing, "
         "delivery and other content",
         columns="net_revenue royalties guarantee_top_ups publishing hosting other_content"),
    _usd("marketing", "Marketing",
         "the opening's share of revenue per person (without history: a declared sum), times people and the lever",
         columns="people", parameters="marketing_cost launch_marketing_usd_per_person"),
    _usd("research", "Research and development", "share of revenue", columns="revenue", parameters="research_cost"),
    _usd("administration", "Administration", "share of revenue", columns="revenue", parameters="administration_cost"),
    _usd("promotional_credit", "Promotional credits",
         "what a service spends on promoting labels by its licences, a twelfth of a year's sum; beside royalties",
         columns="is_available royalties", facts=DEALS),
    _usd("link_fees", "Link fees", "what music services pay TikTok for being linked to: a share of net revenue",
         columns="net_revenue"),
    _usd("exit_costs", "Cost of leaving", "so many months of the service's costs, in the month in which it leaves",
         columns="hosting other_content marketing research administration", parameters="exit_cost_months"),
    _usd("contribution_margin", "Contribution margin", "gross profit less marketing, promotional credits and link fees",
         columns="gross_profit marketing promotional_credit link_fees"),
    _usd("operating_income", "Operating income",
         "contribution margin less research, administration and the cost of leaving",
         columns="contribution_margin research administration exit_costs"),
    _part("gross_margin", "Gross margin", "gross profit / revenue", columns="gross_profit revenue"),
    _part("rights_holder_share", "Paid to rights holders", "(royalties + guarantee top-ups + publishing) / revenue",
          columns="royalties guarantee_top_ups publishing revenue"),
    _usd("amount_usd", "Payment", "one account's payment to another, summed by month, accounts and kind"),
)  # fmt: skip
