"""All cases, in the order of the report."""

from . import (
    cases_convolution,
    cases_elementwise,
    cases_loops,
    cases_networks,
    cases_products,
    cases_reductions,
    cases_starts,
)
from .case import Case

CASES: list[Case] = [
    *cases_starts.CASES,
    *cases_elementwise.CASES,
    *cases_reductions.CASES,
    *cases_products.CASES,
    *cases_convolution.CASES,
    *cases_loops.CASES,
    *cases_networks.CASES,
]
