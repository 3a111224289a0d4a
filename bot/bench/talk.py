"""`adempauze bench talk`: what a turn costs late in a long talk, beside one at its beginning.

Both are turns of the same talk in the same run: timed from the signed webhook to the call that the
channel's vendor receives, with the trained model.
"""

import asyncio
import json
import sys
from functools import partial
from pathlib import Path

from rich.console import Console

from bot.bench import load, twilio_peer
from bot.bench.stand import application, rasa, rest, served, standing
from bot.settings import ROOT
from bot.stack import model, safety

# The aim: a turn at message 200 of one conversation costs at most so much of one at message 10.
AIM = 1.5


def main(talks: int, data_dir: Path, *, as_text: bool = True) -> None:
    """Run the benchmark and print it.

    Args:
        talks: how many long talks are held, one after the other.
        data_dir: where the trained model is kept.
        as_text: a line a talk for a person, otherwise one JSON object.
    """
    asyncio.run(_run(talks, data_dir, as_text=as_text))


async def _run(talks: int, data_dir: Path, *, as_text: bool) -> None:
    with Console(stderr=True).status("training, when the data changed") as status:
        await safety.learnt(ROOT, data_dir, status.update)
        trained = await model.train(ROOT, data_dir, note=status.update)
        with standing((data_dir / "bench").resolve()) as bench:
            pause = partial(rest, bench)
            peer = twilio_peer.TwilioPeer(bench.application)
            async with (
                application(bench),
                rasa(bench.launch(trained)),
                served(peer.app(), bench.peer_port),
            ):
                await load.long_talk(peer.say, 1, pause, rounds=2)
                ratios = []
                for person in range(2, talks + 2):
                    status.update(f"talk {person - 1} of {talks}")
                    ratios.append(await load.long_talk(peer.say, person, pause))
            await peer.close()
    if as_text:
        for place, ratio in enumerate(ratios, 1):
            sys.stdout.write(f"talk {place}: message 200 / message 10 = {ratio:.2f}\n")
        sys.stdout.write(f"aim: at most {AIM}\n")
    else:
        sys.stdout.write(json.dumps({"message_200_over_10": ratios, "aim": AIM}) + "\n")
