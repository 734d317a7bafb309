"""What is paid: royalties by default terms, fees, taxes, costs."""

from model.spec.parameters import Parameter as P

PARAMETERS: tuple[P, ...] = ()
