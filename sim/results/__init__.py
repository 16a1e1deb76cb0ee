"""One labelled dataset per run of the program, on disk and back; indicators computed from it."""
