"""The model of the chain from mine to vehicle."""

from sim.chain.ledger import ACCOUNTS
from sim.chain.model import SupplyChain
from sim.chain.public_money import PURPOSES

__all__ = ["ACCOUNTS", "PURPOSES", "SupplyChain"]
