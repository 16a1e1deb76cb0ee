"""Figures of a run, a comparison or an ensemble, and the tables of the command."""
