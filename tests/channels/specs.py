"""The vendors' own specifications as data. They are not in this repository."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SPECS = Path(os.environ.get("VENDOR_SPECS") or ROOT.parent / "shared" / "specs")


def needs(name: str) -> pytest.MarkDecorator:
    """Skip, with one clear line, where the file is absent."""
    return pytest.mark.skipif(
        not (SPECS / name).is_file(),
        reason=f"{name} is not in {SPECS}: set VENDOR_SPECS to the folder with specifications",
    )
