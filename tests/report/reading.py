"""Reading a page back as a program does that knows nothing of how it was made."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "img", "link", "br", "input", "hr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(
            "".join(each if isinstance(each, str) else each.text for each in self.children).split()
        )

    def all(self, *tags: str) -> list["Element"]:
        """Every element below this one, in order; with tags, of these alone."""
        inside = [each for each in self.children if isinstance(each, Element)]
        below = [found for each in inside for found in (each, *each.all())]
        return [each for each in below if not tags or each.tag in tags]

    def named(self, name: str) -> "Element":
        return next(each for each in self.all() if each.attributes.get("id") == name)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = Element("root", {})
        self._open = [self.root]

    def handle_starttag(self, tag, attributes):
        element = Element(tag, {name: value or "" for name, value in attributes})
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open.pop().tag == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        self._open[-1].children.append(data)


def read(html: str) -> Element:
    """The page as a tree. Fails where tags do not match."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader._open == [reader.root]
    return reader.root


def rows(table: Element) -> dict[str, list[list[float]]]:
    """For each line of a table by the first words of its header, the exact numbers in each cell."""
    found = {}
    for line in table.all("tbody")[0].all("tr"):
        head = line.all("th")[0].children[0].strip()
        found[head] = [
            [float(each.attributes["value"]) for each in cell.all("data")] for cell in line.all("td")
        ]
    return found
