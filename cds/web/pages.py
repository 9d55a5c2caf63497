"""GET / (try it), GET /embed/card and /embed/overdose-card.js (the card in other systems), and the files they use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cds.api import manners
from cds.api.examples import REQUEST_EXAMPLES
from cds.api.problems import Problem
from cds.api.service import Service
from cds.content.folder import Content
from cds.content.texts import LANGUAGES, Language, Text
from cds.web import policy
from cds.web.words import WORDS

_HERE = Path(__file__).parent
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def chosen_language(request: Request) -> Language | None:
    """The language named in the address, where it names one of ours."""
    return next((each for each in LANGUAGES if each == request.query_params.get("language")), None)


def language_for(request: Request) -> Language:
    """The language a page is first shown in: the one in the address, else what the reader's browser prefers."""
    return chosen_language(request) or manners.language_of(request)


def render(
    template: str,
    request: Request,
    headers: Mapping[str, str],
    *,
    status: int = 200,
    words_of: Mapping[str, Text] = WORDS,
    **values: object,
) -> HTMLResponse:
    """A page in the reader's language, with the headers of `cds.web.policy`."""
    language = language_for(request)
    words = {name: text.in_(language) for name, text in words_of.items()}
    address, chosen = request.url.path, chosen_language(request)
    text = TEMPLATES.get_template(template).render(
        language=language, chosen=chosen, words=words, address=address, **values
    )
    return HTMLResponse(text, status, {**headers, **manners.about_language(language)})


def page_words(content: Content) -> dict[str, dict[str, object]]:
    """For each language: the words of the page, the headings of the rules, and what the levels are called."""
    texts = {**content.phrases, **WORDS}
    levels: dict[str, Text] = {level.id: level.label for level in content.levels.levels}
    levels.update((name, level.label) for name, level in content.levels.outside.items())
    return {
        language: {
            **{name: text.in_(language) for name, text in texts.items()},
            "levels": {name: label.in_(language) for name, label in levels.items()},
        }
        for language in LANGUAGES
    }


def router(service: Service) -> APIRouter:
    """The routes. They are for people and stand outside the description of the interface."""
    routes = APIRouter(include_in_schema=False)
    files = {
        path.relative_to(_HERE / "static").as_posix(): path.read_bytes()
        for path in sorted((_HERE / "static").rglob("*"))
        if path.suffix in _TYPES
    }
    origins = service.settings.frame_ancestors

    def file(name: str, headers: Mapping[str, str] | None = None) -> Response:
        if name not in files:
            raise Problem(404, "not-found", "There is nothing here")
        return Response(files[name], media_type=_TYPES[Path(name).suffix], headers=headers)

    @routes.get("/")
    async def try_it(request: Request) -> HTMLResponse:
        """The questions as a form, and the answer beside it."""
        return render("try-it.html", request, policy.page(asks=True))

    @routes.get("/web/try-it/words.js")
    async def words() -> Response:
        """What the page says, in all its languages, as a module."""
        text = json.dumps(page_words(service.release(None).content), ensure_ascii=False)
        return Response(f"export const words = {text};\n", media_type=_TYPES[".js"])

    @routes.get("/web/try-it/example.json")
    async def example() -> JSONResponse:
        """The invented person that the page can load."""
        return JSONResponse(REQUEST_EXAMPLES["released"]["value"])

    @routes.get("/web/{name:path}")
    async def web_file(name: str) -> Response:
        """A script or style of these pages."""
        return file(name)

    @routes.get("/embed/overdose-card.js")
    async def card_element() -> Response:
        """The custom element, for pages of other origins too."""
        return file("embed/overdose-card.js", policy.script_for_other_origins())

    @routes.get("/embed/card")
    async def card_page(request: Request) -> HTMLResponse:
        """The same element in a page for a frame, for the origins in CDS_FRAME_ANCESTORS and no other."""
        return render("card.html", request, policy.page(origins), origins=origins)

    return routes
