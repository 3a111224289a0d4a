"""A small project whose `rasa` is a script, so that these tests train and serve in milliseconds."""

import sys
from pathlib import Path
from textwrap import dedent

import pytest

RASA = """
    #!{python}
    import http.server, json, os, pathlib, sys

    def after(option):
        return sys.argv[sys.argv.index(option) + 1]

    def train():
        print("Starting to train component 'LogisticRegressionClassifier'.")
        pathlib.Path("trainings").open("a").write("x")
        if pathlib.Path("broken").exists():
            print("\\x1b[31mInvalidConfigException: no such policy\\x1b[0m")
            sys.exit(1)
        later = pathlib.Path("edited-while-training")
        if later.exists():
            later.rename("data/nlu/later.yml")
        name = after("--fixed-model-name") + ".tar.gz"
        pathlib.Path(after("--out"), name).write_text("a model")

    class Status(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(409 if pathlib.Path("no-model").exists() else 200)
            self.end_headers()
            self.wfile.write(json.dumps({{"pid": os.getpid()}}).encode())

        def log_message(self, *_):
            pass

    def serve():
        print("starting")
        if pathlib.Path("broken").exists():
            sys.exit("Exception: the model is of another version")
        address = (after("-i"), int(after("-p")))
        http.server.HTTPServer(address, Status).serve_forever()

    {{"train": train, "run": serve}}[sys.argv[1]]()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a project, with all that a model is made from."""
    root = tmp_path / "project"
    files = {
        "config.yml": "language: nl",
        "domain.yml": "intents: [greet]",
        "requirements/rasa.txt": "rasa==3.6.21",
        "data/nlu/greet.yml": "nlu: []",
        "data/stories/greet.yml": "stories: []",
        "data/rules/greet.yml": "rules: []",
        "data/content/demo/costs.yml": "costs: []",
        "bot/nlu/components.py": "# a component",
        "bot/nlu/decision.py": "# a threshold",
        "bot/app.py": "# the application",
        ".venv-rasa/bin/rasa": dedent(RASA).lstrip().format(python=sys.executable),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / ".venv-rasa/bin/rasa").chmod(0o755)
    return root
