"""What a page may do: the headers that make the browser hold it to that."""

from __future__ import annotations

from collections.abc import Sequence

_NOTHING_ELSE = "base-uri 'none'; require-trusted-types-for 'script'"


def page(frame_ancestors: Sequence[str] = (), *, asks: bool = False, sends: bool = False) -> dict[str, str]:
    """The headers of one page.

    Scripts and styles come from this service, as files; nothing inline, nothing from elsewhere, no text made into
    markup. `asks`: its scripts may call this service. `sends`: its forms may. `frame_ancestors`: the exact origins
    that may show it in a frame.
    """
    connect = "connect-src 'self'; " if asks else ""
    forms = "'self'" if sends else "'none'"
    ancestors = " ".join(frame_ancestors) or "'none'"
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'self'; style-src 'self'; {connect}"
            f"frame-ancestors {ancestors}; form-action {forms}; {_NOTHING_ELSE}"
        ),
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def script_for_other_origins() -> dict[str, str]:
    """The headers of the one script that other origins may load. It holds nothing about anyone."""
    return {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
