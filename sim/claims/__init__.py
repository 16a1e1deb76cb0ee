"""The claims that are made about the technology ban and the quotas, tested as paired ensembles."""

from sim.claims.judge import Judged, judge_claims
from sim.claims.table import Claim, load_table

__all__ = ["Claim", "Judged", "judge_claims", "load_table"]
