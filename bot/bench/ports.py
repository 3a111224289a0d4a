"""Free ports of loopback, so that a benchmark never meets a running installation."""

import contextlib
import socket


def free_ports(count: int) -> list[int]:
    """So many ports that nobody listens on, all different."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
