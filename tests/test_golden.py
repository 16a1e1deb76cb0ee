"""The tiny world's numbers are those on file; a change of the model refreshes them by name."""

import json

import numpy as np

from tests.golden.refresh import FILE, numbers


def test_numbers_are_those_on_file():
    known, found = json.loads(FILE.read_text()), numbers()
    assert known.keys() == found.keys()
    for name, values in known.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-9, atol=1e-9, err_msg=name)
