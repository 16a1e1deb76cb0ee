"""Draws of the assumptions and paired batches of runs."""
