"""Policy measures: one class each, with schema, validation and meaning."""
