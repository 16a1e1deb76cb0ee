"""The model of the chain from mine to vehicle."""

from sim.chain.ledger import ACCOUNTS
from sim.chain.model import SupplyChain

__all__ = ["ACCOUNTS", "SupplyChain"]
