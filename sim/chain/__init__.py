"""The model of the chain from mine to vehicle."""
