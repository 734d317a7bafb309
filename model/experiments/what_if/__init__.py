"""What if: a run branches, both arms live on under the same luck, and their difference is the change alone."""

from model.experiments.what_if.found import Gap, WhatIf, worth_telling
from model.experiments.what_if.living import WhatIfRequest, what_if, what_ifs

__all__ = ["Gap", "WhatIf", "WhatIfRequest", "what_if", "what_ifs", "worth_telling"]
