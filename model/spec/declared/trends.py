"""Trends of demand: what goes on growing after the start, beside the number of people online."""

from model.spec.parameters import Parameter as P

PARAMETERS = (
    P("streaming_trend", 0.0, "logit per year", -1.0, 2.0,
      "yearly gain of every service against doing without one, while growth is on (fades with growth_fade); the range "
      "is judged from subscribers of all services in the world: 524 M in mid-2021, 616 M a year later",
      "shr-0001;shr-0011;assumption", (0.0, 0.5)),
    P("paying_trend", 0.0, "logit per year", -1.0, 2.0,
      "yearly gain of paid tiers on top of that, while growth is on (fades with growth_fade)",
      "shr-0001;shr-0011;assumption", (-0.1, 0.4)),
    P("momentum", 0.0, "logit per year per unit of log growth", -1.0, 3.0,
      "yearly gain of a service whose users grew in the year before the start, in proportion to that growth where the "
      "record has it, while growth is on (fades with growth_fade)", "assumption", (0.0, 1.5)),
    P("trend_lead", 0.0, "years", 0.0, 5.0,
      "how far qualities run ahead of the stocks of the start, in years of the trends: people follow with a delay, so "
      "where services grew before the start their growth does not begin at nothing", "assumption", (0.0, 2.0)),
)  # fmt: skip
