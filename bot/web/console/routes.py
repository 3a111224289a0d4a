"""The console's addresses, each with its door."""

from collections.abc import Callable
from datetime import datetime

from starlette.routing import Mount, Route

from bot.services.coordinators import Coordinators
from bot.services.handoff import Handoffs
from bot.services.plans import Plans
from bot.services.queue import Queue
from bot.services.replies import Replies
from bot.services.timeline import Timeline
from bot.settings import Settings
from bot.store.changes import Changes
from bot.web.console import doors
from bot.web.console.actions import Actions
from bot.web.console.desk import Desk
from bot.web.console.lists import Lists
from bot.web.console.live import Live
from bot.web.console.login import Login
from bot.web.console.talk import Talks
from bot.web.console.visits import PATH, Visits

_CONVERSATION = f"{PATH}/conversations/{{id:uuid}}"


def routes(
    *,
    coordinators: Coordinators,
    queue: Queue,
    timeline: Timeline,
    handoffs: Handoffs,
    replies: Replies,
    plans: Plans,
    changes: Changes,
    settings: Settings,
    clock: Callable[[], datetime],
) -> list[Route | Mount]:
    """All routes of the console. Only the login page opens without a login."""
    desk = Desk(coordinators, queue, timeline, handoffs, replies, plans, changes, clock)
    visits = Visits(coordinators, settings, clock)
    live = Live(desk, visits)
    login, lists, talks = Login(desk, visits), Lists(desk, live), Talks(desk, live)
    actions = Actions(desk, talks)
    pages = {
        PATH: lists.queue,
        f"{PATH}/recent": lists.recent,
        _CONVERSATION: talks.show,
    }
    streams = {f"{PATH}/stream": lists.stream, f"{_CONVERSATION}/stream": talks.stream}
    forms = {
        f"{PATH}/logout": login.leave,
        f"{_CONVERSATION}/handoff": actions.take_over,
        f"{_CONVERSATION}/handoff/return": actions.hand_back,
        f"{_CONVERSATION}/handoff/close": actions.close,
        f"{_CONVERSATION}/crisis/lift": actions.lift,
        f"{_CONVERSATION}/reminder/cancel": actions.cancel_reminder,
        f"{_CONVERSATION}/loss": actions.loss,
        f"{_CONVERSATION}/messages": actions.reply,
    }
    return [
        Route(doors.LOGIN, login.show, methods=["GET"]),
        Route(doors.LOGIN, login.enter, methods=["POST"]),
        *(Route(path, doors.page(visits, show), methods=["GET"]) for path, show in pages.items()),
        *(
            Route(path, doors.stream(visits, show), methods=["GET"])
            for path, show in streams.items()
        ),
        *(Route(path, doors.action(visits, act), methods=["POST"]) for path, act in forms.items()),
    ]
