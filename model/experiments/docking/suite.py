"""The docking cases, in the order of the page: what each is held against, and why it is not nearer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from model.experiments.docking.advertising import ces
from model.experiments.docking.armstrong import armstrong
from model.experiments.docking.bargaining import nash_in_nash, rubinstein
from model.experiments.docking.case import Case, Docked
from model.experiments.docking.choice import nested, plain_logit
from model.experiments.docking.line import hotelling
from model.experiments.docking.prices import bertrand
from model.experiments.docking.rochet_tirole import rochet_tirole
from model.experiments.docking.spreading import bass
from model.experiments.docking.tails import yule, zipf
from model.foundation.errors import Fault, nearest, raise_faults

CASES: tuple[Case, ...] = (
    Case(
        "logit", "Plain logit",
        "The chance that each option's random utility is the highest, by numerical integration of the joint law of "
        "extreme value terms; and e^v / sum e^v, written out in double precision over the users of a market.",
        "Theory and integral agree to rounding. The compiled kernel works in single precision, takes powers of 2 by a "
        "polynomial and adds chances in steps of 2^-30, so its expected users differ in the sixth digit. The market "
        "itself is a logit only in a month in which everybody reconsiders: otherwise most people stay without "
        "choosing, by attention and not by utility.", plain_logit,
    ),
    Case(
        "nested_logit", "Nested logit",
        "The same with the generalised extreme value law, free and paid offers in a nest each; and the nested formula "
        "written out a second time in double precision over the users of a market.",
        "As for the plain logit. The outside option is a nest of its own, so sigma does nothing in it. An offer that "
        "someone does not know, cannot get or cannot pay for is left out of the nest, which the formula here does too.",
        nested,
    ),
    Case(
        "bertrand", "Bertrand prices",
        "A monopolist's price by Lambert's W; prices of firms that maximise their own profit in turns; and, inside the "
        "market, two firms with one plan each where nothing but price moves anybody. Another package, pyblp, agrees "
        "with the theory to ten digits (slow tests of `theory.pricing`).",
        "Demand of forks is the theory's to single precision. Firms of the market find their best price by a parabola "
        "through five prices up to 10% away, and profit in the logarithm of the price is no parabola: it leans their "
        "price upwards by 0.6%, a 25th of which is left with steps a fifth as wide. Firms who answer each other for "
        "ten months lean on each other and stand up to 0.9% above Bertrand's prices, as theory's demand does when "
        "it is answered by the same parabola. The limits of the market that hide it elsewhere, "
        "habit and slow attention, are off here: with them a price that is best for a month is not best for a year.",
        bertrand,
    ),
    Case(
        "hotelling", "Hotelling's line",
        "Two services at the ends of a line: price = cost + transport. With a logit taste on top the line is blurred, "
        "price = cost + transport / tanh(transport / (2 taste)) in closed form, which is Hotelling's as the taste "
        "falls to 0 and a plain logit's, cost + 2 taste, as the line shrinks.",
        "The model has no line: its people differ in income, tastes for labels, hours and more, and have a logit taste "
        "on top. A line is made of it by letting one column of the users (hours of listening, with the limits of one "
        "plan) be a place on it. Then its kernel gives the blurred line's demand, and theory's prices follow the "
        "closed form down to Hotelling's. What is left is the number of people who stand for the line, and at a finite "
        "taste the factor tanh(transport / (2 taste)), by which the model's prices always lie above Hotelling's.",
        hotelling,
    ),
    Case(
        "armstrong", "Armstrong's two-sided prices",
        "Two platforms between two lines: each side pays cost + transport - what it is worth to the other side; best "
        "answers of a platform over both prices, found by search. And his competitive bottleneck in the market: users "
        "on one service, advertisers on both, so that income per user acts like a lower cost.",
        "In the model one side of the bottleneck is people (nested logit, with an outside option) and the other is the "
        "clearing market of advertising. Where advertisers pay nearly the same for every user (elasticity of "
        "substitution 20) a service's best price is that of theory with the cost less the income, up to what is left "
        "of that elasticity. What it keeps of the price falls by about 1.1 dollars per dollar of income instead of 1, "
        "because people may leave for no service at all and those who mind prices most leave first: demand is no "
        "line. With advertisers as declared the best price is 2% above theory's, since each user more lowers what "
        "advertising brings. Users here do not mind advertising in spoken word, so their benefit of the other side is "
        "0; for one that is below 0 see Rochet and Tirole.", armstrong,
    ),
    Case(
        "rochet_tirole", "Rochet and Tirole's platform",
        "A platform that both sides use at a price per use: price over margin is each side's elasticity, against "
        "profit maximised over both prices. And a platform free to its users, with advertising they mind: income is "
        "highest where one more advertisement costs as large a part of the hours as it adds to the load, at "
        "1 / response.",
        "TikTok is such a platform in the model. With hours that answer the load alone, the long run of the ecosystem "
        "has its highest in-feed income at 1 / response in every market, whatever advertisers' demand is. As declared "
        "the top lies 2 to 3% lower: sponsors pay creators for the audience, a load takes audience away, and fewer "
        "creators mean fewer hours, a cost that the closed form leaves out. The load of the start is far below the "
        "top: hours are also what the rest of ByteDance lives by.", rochet_tirole,
    ),
    Case(
        "bass", "Bass diffusion",
        "The closed form of Bass (1969) for 3% innovation and 38% imitation a year, its differential equation solved "
        "numerically, and the awareness mechanism where one service is open, everybody is in one community, nobody "
        "forgets and whoever knows the service uses it: marketing is then innovation, word of mouth imitation.",
        "The mechanism lives in months: who learns of a service tells others from the next month on, and who is told "
        "twice in a month learns once. It is therefore late by up to 1% of people, and by a quarter of that with steps "
        "of a quarter of a month. The rest is chance, more than that of a single draw, since early luck is passed on. "
        "In the market itself awareness is not adoption: people forget, have several communities and choose among the "
        "services they know, so shares do not follow Bass there and are not meant to.", bass,
    ),
    Case(
        "rubinstein", "Rubinstein's alternating offers",
        "The first proposer's share (1 - d2) / (1 - d1 d2), a play in which each side answers the other thousands of "
        "times, and the limit r2 / (r1 + r2) of short rounds; and the payment on which talks of the market under the "
        "protocol `rubinstein` agree.",
        "Talks of the market are Rubinstein's once private values, doubts and the risk of a breakdown are off and an "
        "outage leaves nothing to go back to. Rounds there last a week, so the proposer has a head start over the Nash "
        "payment, which vanishes with patience. Declared talks (protocol `offers`) are between sides that do not know "
        "each other's limits; no closed form covers them.", rubinstein,
    ),
    Case(
        "nash_in_nash", "Nash-in-Nash",
        "Royalties of three services and four labels computed by other code before the project began, the same by "
        "pairs that split their gain in turns, and the market's solution for licences renewed at once (`together`).",
        "All three agree to rounding. The market's solution starts from what forks of the world show at present terms "
        "and takes payments as factors on these: with demand that does not answer royalties it is the same linear "
        "system whatever the present terms are. In a run it differs from the textbook where the forks do: royalties "
        "are shares of revenue, guarantees and clauses have kinks, and people are slow to leave, so that values are "
        "those of the months looked ahead and not of a long run.", nash_in_nash,
    ),
    Case(
        "ces", "CES advertising market",
        "One advertiser's prices, p proportional to (w / N)^(1 / ces_sigma); prices of 1 / supply at ces_sigma 1 and "
        "fixed budgets; and a general root finder on the demand as it is defined. Ours are the clearing of "
        "`theory.ads` and the first month of the ecosystem under another load.",
        "They agree to the tolerance at which each search stops. As declared, with ces_sigma 1.5 and budgets that "
        "answer prices, in-feed prices fall less than supply grows. A later month differs from the first, for hours "
        "answer the load in months and creators answer income.", ces,
    ),
    Case(
        "yule", "Totals of branching, and Yule's tail",
        "Songs that are all alike on TikTok: the uses in all follow the generalised Poisson law (a Poisson number of "
        "chains, each of Borel's law); and where uses grow by g a week and the number of songs by a, uses of a random "
        "song have Yule's tail of exponent a / g.",
        "Differences are chance, and for the tail also that weeks and uses are whole and that songs end at 104 weeks. "
        "The songs of the model are not alike: their spread varies and wears out with novelty, which makes the tail of "
        "uses heavier at first and then cuts it. Nor does their number grow from week to week; here songs of an age "
        "are weighted as if it did. Yule's law says how the mechanism would behave, not what it is fitted to.", yule,
    ),
    Case(
        "zipf", "Zipf's law of streams",
        "Qualities are Pareto with exponent a = 1.609, and a song's streams are its quality times a factor Y of age, "
        "fans, build-up, fading and noise: the share with more streams than x is E[min(1, (Y / x)^a)], beyond all "
        "factors E[Y^a] x^-a (Breiman), so streams fall with the rank as rank^(-1 / a).",
        "Differences are chance; the steepness of the largest songs is that of few. With the declared links fans of "
        "release week are fewer for better songs and their lives shorter, which bends the ranks by a little; uses on "
        "TikTok lift a few songs above the line. The law is of streams at one time. Ranks on a chart also hold what "
        "its rules bar.", zipf,
    ),
)  # fmt: skip
"""All cases."""


def dock(
    names: Sequence[str] = (), *, full: bool = True, tell: Callable[[str], None] | None = None
) -> Iterator[tuple[Case, Docked]]:
    """Run cases and yield each with what it came to.

    names: those wanted, all by default. full: at full size (some minutes), else small and fast. tell: called with the
    title of each case as it begins. Errors: InputError for a name that is no case.
    """
    known = [case.name for case in CASES]
    raise_faults([
        Fault("docking", "is the name of a case", name, nearest(name, known)) for name in names if name not in known
    ])  # fmt: skip
    for case in CASES:
        if not names or case.name in names:
            if tell is not None:
                tell(case.title)
            yield case, case.run(full)
