"""The console's addresses, each with its door."""

from starlette.routing import Mount, Route

from bot.services.content import Content
from bot.settings import Settings
from bot.web.console import doors
from bot.web.console.actions import Actions
from bot.web.console.desk import Desk
from bot.web.console.lists import Lists
from bot.web.console.live import Live
from bot.web.console.login import Login
from bot.web.console.offering import Offering
from bot.web.console.talk import Talks
from bot.web.console.visits import PATH, Visits

_CONVERSATION = f"{PATH}/conversations/{{id:uuid}}"


def routes(desk: Desk, content: Content, settings: Settings) -> list[Route | Mount]:
    """All routes of the console. Only the login page opens without a login."""
    visits = Visits(desk.coordinators, settings, desk.clock)
    live = Live(desk, visits)
    login, lists, talks = Login(desk, visits), Lists(desk, live), Talks(desk, live)
    actions, offering = Actions(desk, talks), Offering(desk, talks, content)
    pages = {
        PATH: lists.queue,
        f"{PATH}/recent": lists.recent,
        _CONVERSATION: talks.show,
        f"{_CONVERSATION}/offer": offering.show,
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
        f"{_CONVERSATION}/offer": offering.offer,
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
