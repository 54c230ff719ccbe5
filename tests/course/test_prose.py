"""Markdown becomes HTML that keeps the page's headings in order and the portal's policy whole."""

import pytest

from app.course.prose import render


@pytest.mark.parametrize(
    ("text", "top", "html"),
    [
        ("# A", 2, "<h2>A</h2>\n"),
        ("## A\n### B", 2, "<h2>A</h2>\n<h3>B</h3>\n"),
        ("## A\n### B", 4, "<h4>A</h4>\n<h5>B</h5>\n"),
        ("# A\n###### B", 3, "<h3>A</h3>\n<h6>B</h6>\n"),
    ],
)
def test_the_highest_heading_takes_the_level_the_page_has_for_it(text, top, html):
    assert render(text, top=top) == html


def test_raw_html_is_shown_as_text():
    assert render("<b onclick=x>hi</b>") == "<p>&lt;b onclick=x&gt;hi&lt;/b&gt;</p>\n"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:x",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc",
        "&#106;avascript:x",
    ],
)
def test_an_address_with_another_scheme_is_no_link(address):
    assert "<a" not in render(f"[x]({address})")


@pytest.mark.parametrize(
    "address", ["https://sre.google/", "http://localhost/", "mailto:a@example.org", "/modules/x", "#b"]
)
def test_links_are_kept_and_hand_over_no_handle(address):
    assert render(f"[x]({address})") == f'<p><a href="{address}" rel="noopener">x</a></p>\n'


def test_an_image_is_never_loaded():
    assert "<img" not in render("![x](https://elsewhere.example/pixel.png)")


def test_a_table_can_be_scrolled_by_keyboard_and_has_no_style_attribute():
    assert render("| a | b |\n|--:|---|\n| 1 | 2 |\n") == (
        '<div class="prose-table" tabindex="0"><table>\n<thead>\n<tr>\n<th class="align-right">a</th>\n<th>b</th>\n'
        '</tr>\n</thead>\n<tbody>\n<tr>\n<td class="align-right">1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table></div>\n'
    )


def test_code_keeps_its_language_and_is_escaped():
    assert render("```sql\nSELECT 1 < 2;\n```") == (
        '<pre tabindex="0"><code class="language-sql">SELECT 1 &lt; 2;\n</code></pre>\n'
    )


def test_indented_code_can_be_scrolled_too():
    assert render("    x <pre>") == '<pre tabindex="0"><code>x &lt;pre&gt;\n</code></pre>\n'
