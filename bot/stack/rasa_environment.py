"""The environment variables with which Rasa runs: few, quiet, and none of our secrets.

Rasa is quarantined (docs/decisions.md): it must not inherit what guards the application.
"""

import os
from collections.abc import Mapping
from pathlib import Path

_INHERITED = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ")


def rasa_environment(data_dir: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What every `rasa` command gets; without telemetry it speaks to nobody outside."""
    inherited = {name: environ[name] for name in _INHERITED if name in environ}
    return inherited | {
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(data_dir / "rasa-cache"),
        "LOG_LEVEL": "INFO",  # DEBUG would write what people say to the log
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
    }
