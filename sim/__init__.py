"""exportshock: export-restriction impact simulator for the rare-earth magnet chain."""
