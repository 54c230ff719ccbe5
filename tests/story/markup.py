"""A page as a browser's user has it: elements, links, and forms that are sent as they stand in the page."""

from html.parser import HTMLParser

EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "use", "wbr"}
)
UNSEEN = frozenset({"script", "style", "title", "template"})


class Element:
    """One element; `children` are elements and pieces of text."""

    def __init__(self, tag, attributes=(), parent=None):
        self.tag, self.attributes, self.parent = tag, dict(attributes), parent
        self.children = []

    def __getitem__(self, name):
        return self.attributes.get(name)

    @property
    def text(self):
        """What a reader sees, with single spaces."""
        return " ".join(" ".join(self._pieces()).split())

    @property
    def raw(self):
        return "".join(child if isinstance(child, str) else child.raw for child in self.children)

    def all(self, *tags, **attributes):
        """Every element below, in order; `class_` asks for one class among several."""
        for child in self.children:
            if isinstance(child, Element):
                if (not tags or child.tag in tags) and child._has(attributes):
                    yield child
                yield from child.all(*tags, **attributes)

    def one(self, *tags, **attributes):
        found = list(self.all(*tags, **attributes))
        assert len(found) == 1, f"{len(found)} of {tags} {attributes} in: {self.text[:1500]}"
        return found[0]

    def within(self, *tags):
        """The nearest element around this one."""
        found = self.parent
        while found is not None and found.tag not in tags:
            found = found.parent
        return found

    def _has(self, attributes):
        wanted = dict(attributes)
        named = wanted.pop("class_", None)
        if named is not None and named not in (self["class"] or "").split():
            return False
        return all(self[name.replace("_", "-")] == value for name, value in wanted.items())

    def _pieces(self):
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in UNSEEN:
                yield from child._pieces()


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = self.open = Element("page")

    def handle_starttag(self, tag, attrs):
        element = Element(tag, attrs, self.open)
        self.open.children.append(element)
        if tag not in EMPTY:
            self.open = element

    def handle_startendtag(self, tag, attrs):
        self.open.children.append(Element(tag, attrs, self.open))

    def handle_endtag(self, tag):
        ends = self.open
        while ends is not None and ends.tag != tag:
            ends = ends.parent
        if ends is not None:
            self.open = ends.parent

    def handle_data(self, data):
        self.open.children.append(data)


def read(html):
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def button(page, label):
    """The one button that says this; what only screen readers hear counts as said."""
    found = [each for each in page.all("button") if _said(each) == label]
    assert len(found) == 1, f"{len(found)} buttons “{label}” among {[_said(b) for b in page.all('button')]}"
    return found[0]


def fields(form):
    """What the form would send, as (name, value) pairs, if no button were named."""
    for each in form.all("input", "select", "textarea"):
        if each["name"] and not _is_disabled(each) and (value := _value(each)) is not None:
            yield each["name"], value


def _value(field):
    if field.tag == "textarea":
        return field.raw.removeprefix("\n")
    if field.tag == "select":
        options = list(field.all("option"))
        return next((each["value"] for each in options if "selected" in each.attributes), options[0]["value"])
    if field["type"] in ("checkbox", "radio"):
        return (field["value"] or "on") if "checked" in field.attributes else None
    return None if field["type"] in ("file", "submit", "button") else field["value"] or ""


def _is_disabled(field):
    fieldset = field.within("fieldset")
    return "disabled" in field.attributes or (fieldset is not None and "disabled" in fieldset.attributes)


def _said(button):
    """Its words, without the keys shown beside them."""
    keys = " ".join(each.text for each in button.all("kbd"))
    return button["aria-label"] or button.text.removesuffix(keys).strip()
