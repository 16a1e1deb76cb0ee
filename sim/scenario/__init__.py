"""The scenario file: loading, merging, and error messages with lines."""
