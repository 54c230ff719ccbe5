"""Markdown to HTML that is safe under the portal's policy: no raw HTML, no style attribute, no script URL."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
ALLOWED_SCHEMES = frozenset({"https", "http", "mailto"})
DEEPEST = 6


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802  (markdown-it's name)
        """Allow relative addresses and the schemes a text needs, nothing else."""
        scheme = SCHEME.match(url)
        return scheme is None or scheme.group(1).lower() in ALLOWED_SCHEMES


class _Renderer(RendererHTML):
    """Wide blocks take the focus, so that a keyboard can scroll them; links give away no handle."""

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return super().fence(tokens, idx, options, env).replace("<pre>", '<pre tabindex="0">', 1)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return super().code_block(tokens, idx, options, env).replace("<pre>", '<pre tabindex="0">', 1)

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="prose-table" tabindex="0">' + self.renderToken(tokens, idx, options, env)

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.renderToken(tokens, idx, options, env).rstrip() + "</div>\n"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        tokens[idx].attrSet("rel", "noopener")
        return self.renderToken(tokens, idx, options, env)


MARKDOWN = _Markdown("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table").disable("image")


def render(text: str, *, top: int = 2) -> str:
    """HTML whose highest heading is `h<top>`; the ones below keep their distance, none deeper than h6."""
    tokens = MARKDOWN.parse(text)
    _shift_headings(tokens, top)
    _align_by_class(tokens)
    html: str = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return html


def _shift_headings(tokens: list[Token], top: int) -> None:
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=top)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - highest + top, DEEPEST)}"


def _align_by_class(tokens: list[Token]) -> None:
    for token in tokens:
        style = token.attrs.pop("style", None)
        if isinstance(style, str):
            token.attrSet("class", style.replace("text-align:", "align-"))
