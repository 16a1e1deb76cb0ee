"""Figures of a run, a comparison or an ensemble."""
