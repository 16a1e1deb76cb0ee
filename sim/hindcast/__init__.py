"""Episodes of the past: observed series, scores, patterns and calibration."""
