"""The sourced starting point: tables, standing policy, parameters and their priors."""
